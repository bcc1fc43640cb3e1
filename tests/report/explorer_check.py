"""Makes explorers of what test_explorer has written, and lets node compare the network in each with the native one.

usage: explorer_check.py LATENT_EXPLORER FOLDER; 77 if there is no node (then only what needs none was tried)
"""
import concurrent.futures
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tarfile

explorer, folder = sys.argv[1], pathlib.Path(sys.argv[2]).resolve()
here = pathlib.Path(__file__).resolve().parent
failures = 0


def expect(condition, what):
    global failures
    if not condition:
        failures += 1
        print("FAILED:", what)


def explore(weights, *options):
    return subprocess.run([explorer, weights, *options], capture_output=True, text=True)


def parts(path):
    """Header and data of a safetensors file."""
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    return json.loads(content[8 : 8 + size]), content[8 + size :]


def write(path, header, data):
    words = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(words)) + words + data)
    return path


def refused(path, *sentence):
    done = explore(path, "--out", folder / "never.html")
    expect(done.returncode == 1, f"{path.name}: the exit code is 1, not {done.returncode}")
    for words in sentence:
        expect(words in done.stderr, f"{path.name}: '{words}' in {done.stderr!r}")
    expect(path.name in done.stderr and not (folder / "never.html").exists(), f"{path.name} is named, nothing is written")


# ---- pages: of all networks that come compiled; two of them, which a browser uses, with all digits

BROWSED = ("mnist_autoencoder", "conditional_vae")
names = sorted(path.stem.removeprefix("explorer_") for path in folder.glob("explorer_*.safetensors"))
names.remove("unknown")
with tarfile.open(here.parent.parent / "explorer/networks.tar.xz") as archive:
    compiled = {member.name.split("/")[-2] for member in archive if member.isfile()}
expect(set(names) == compiled, f"there are files of {names}, and compiled {sorted(compiled)}")


def page_of(name):
    options = [] if name in BROWSED else ["--points", "10"]
    return explore(folder / f"explorer_{name}.safetensors", "--out", folder / f"explorer_{name}.html", "--title", f"{name} <b>&", *options)


with concurrent.futures.ThreadPoolExecutor(2) as pool:
    for name, done in zip(names, pool.map(page_of, names)):
        expect(done.returncode == 0, f"{name}: {done.stderr}")
for name in BROWSED:
    page = folder / f"explorer_{name}.html"
    text = page.read_text()
    expect("<title>" + name + " &lt;b&gt;&amp; · explorer</title>" in text, "the title is escaped")
    expect(text.count("<b>&") == 0, "everywhere")
    expect("5,000 images" in text, "it says of what the points are")
    expect(name != "mnist_autoencoder" or page.stat().st_size < 2_000_000, f"{page.stat().st_size} bytes")

# ---- a report in the folder leads to the explorer, and the explorer to it

(folder / "beside").mkdir(exist_ok=True)
report = folder / "beside/report.html"
report.write_text("<header><!-- explorers --></header>")
done = explore(folder / "explorer_dense_autoencoder.safetensors", "--out", folder / "beside/explorer.html", "--points", "10")
expect(done.returncode == 0 and '<a href="explorer.html">' in report.read_text(), "the report leads to the explorer")
expect('"report":"report.html"' in (folder / "beside/explorer.html").read_text(), "and the explorer to the report")
expect('"report":""' in (folder / "explorer_dense_autoencoder.html").read_text(), "where there is one")

# ---- what is no file of a network that is known

header, data = parts(folder / "explorer_mnist_autoencoder.safetensors")
refused(folder / "explorer_unknown.safetensors", "of none of the", "scripts/build_explorer.sh")
broken = folder / "broken.safetensors"
broken.write_bytes(b"hello")
refused(broken)
broken.write_bytes((folder / "explorer_mnist_autoencoder.safetensors").read_bytes()[:5000])
refused(broken)
refused(folder / "absent.safetensors", "cannot be read")
place = header["conv2d/bias"]["data_offsets"][0]
refused(write(folder / "nan.safetensors", header, data[:place] + struct.pack("<f", float("nan")) + data[place + 4 :]),
        "conv2d/bias, element 0 is nan")
config = header["__metadata__"]["keras_config"]
header["__metadata__"]["keras_config"] = "{}"
refused(write(folder / "config.safetensors", header, data), "no model")
header["__metadata__"]["keras_config"] = config.replace('"activation":"sigmoid"', '"activation":"tanh"')
refused(write(folder / "tanh.safetensors", header, data), "of none of the")
# Without a word on its layers the tensors decide; here they are those of two networks.
del header["__metadata__"]["keras_config"]
refused(write(folder / "silent.safetensors", header, data), "mnist_autoencoder, mnist_autoencoder_relu", "save_model")
header, data = parts(folder / "explorer_conditional_vae.safetensors")
del header["__metadata__"]["keras_config"]
done = explore(write(folder / "silent.safetensors", header, data), "--out", folder / "silent.html")
expect(done.returncode == 0, done.stderr)

# ---- the same numbers

node = shutil.which("node")
if node:
    done = subprocess.run([node, here / "explorer_equality.js", folder, *names], capture_output=True, text=True)
    print(done.stdout, done.stderr, sep="")
    expect(done.returncode == 0, "a network in a page computes something else")
    expect(done.stdout.count("100 inputs") == 2 * len(names), "each network was tried with vectors and without")

if failures == 0 and not node:
    print("skipped: there is no node, which runs what is compiled for browsers")
    sys.exit(77)
sys.exit(failures > 0)
