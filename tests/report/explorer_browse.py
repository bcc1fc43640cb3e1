"""Uses explorers as a reader would, in Chromium: usage: explorer_browse.py FOLDER, which explorer_check.py has filled; 77 without a browser."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from browser import all_of, browser, expect, media, one, open_page, quiet, run, screen, use, wait  # noqa: E402: skips without one

from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402

folder = pathlib.Path(sys.argv[1]).resolve()
browser.set_script_timeout(120)


def open_explorer(name):
    open_page(folder / f"explorer_{name}.html")
    wait(lambda: run("globalThis.explorer && explorer.ready") or one("#status").get_attribute("class") == "status bad", "it starts", 120)
    expect("bad" not in one("#status").get_attribute("class"), one("#status").text)


def picture(canvas):
    return run("document.querySelector(arguments[0]).toDataURL()", canvas)


def over(selector, x, y):
    """The pointer goes to a place of an element, from its middle, in pixels."""
    return ActionChains(browser).move_to_element_with_offset(one(selector), x, y)


def at_top(selector):
    run("document.querySelector(arguments[0]).scrollIntoView({block: 'center'})", selector)


def plane():
    open_explorer("conditional_vae")
    expect("two numbers" in one("#lead").text and "817,940" in one("#lead").text, "it says what it is")
    expect(run("explorer.plane.places.every(Number.isFinite)") and run("explorer.labels.length") == 5000, "every digit has its place")
    at_top("#plane")
    wait(lambda: run("explorer.plane.next_cell >= 3 * 16"), "the grid is drawn")
    before = picture("#here")
    over("#plane", -120, 60).perform()
    wait(lambda: picture("#here") != before, "the picture follows the pointer")
    first = picture("#here"), one("#place").text
    over("#plane", 130, -90).perform()
    wait(lambda: picture("#here") != first[0] and one("#place").text != first[1], "and follows it on")
    # The page decodes what the module decodes.
    shown = "[...document.querySelector('#here').getContext('2d').getImageData(0, 0, 280, 280).data].filter((_, i) => i % 4 === 0).filter((_, i) => i % 10 === 5 && Math.floor(i / 280) % 10 === 5)"
    run("(() => { explorer.plane.on_place(0.5, -0.25, true, -1); })()")
    label = run("[...document.querySelectorAll('#labels .choices button')].findIndex(b => b.getAttribute('aria-pressed') === 'true')")
    numbers = run("[...explorer.network.decode(Float32Array.of(0.5, -0.25), [arguments[0]])]", label)
    expect(max(abs(255 * a - b) for a, b in zip(numbers, run(shown))) <= 1, "pixel for pixel")

    whole = run("explorer.plane.span")
    one("#plane").send_keys("+")
    expect(run("explorer.plane.span") < whole, "a key zooms in")
    one("#plane").send_keys("0")
    expect(abs(run("explorer.plane.span") - whole) < 1e-6, "another one shows all")
    place = one("#place").text
    one("#plane").send_keys(Keys.ARROW_RIGHT)
    expect(one("#place").text != place, "an arrow walks")
    middle = run("explorer.plane.middle[0]")
    over("#plane", 0, 0).click_and_hold().move_by_offset(60, 0).release().perform()
    expect(run("explorer.plane.middle[0]") < middle, "dragging moves the plane")
    dots = picture("#plane .dots")
    one("#legend button").click()
    wait(lambda: picture("#plane .dots") != dots, "a label alone")
    one("#legend button").click()

    before = picture("#here")
    all_of("#labels .choices button")[(label + 1) % 10].click()
    expect(picture("#here") != before, "another label, another digit in the same hand")
    before = picture("#morph")
    one("#plane").send_keys(Keys.ARROW_UP)
    one("#from").click()
    expect(picture("#morph") != before, "a path from here")
    one("#play").click()
    before = picture("#here")
    wait(lambda: picture("#here") != before, "it is played")
    one("#play").click()
    quiet()


def drawing():
    open_explorer("mnist_autoencoder")
    at_top("#pad")
    one("#clear").click()
    wait(lambda: run("Math.max(...explorer.pad.numbers())") == 0, "an empty pad")
    before, place = picture("#made"), run("explorer.plane.here")
    over("#pad", -40, -60).click_and_hold().move_by_offset(70, 0).move_by_offset(-20, 60).move_by_offset(-20, 60).release().perform()
    wait(lambda: picture("#made") != before and run("explorer.plane.here") != place, "a digit is drawn, encoded and decoded")
    centre = run("(() => { const n = explorer.pad.numbers(); let m = 0, x = 0; n.forEach((v, i) => { m += v, x += v * (i % 28); }); return x / m; })()")
    expect(abs(centre - 13.5) < 1, f"its centre of mass is in the middle, {centre}")
    given = picture("#given")
    run("(() => { const s = document.querySelector('#noise'); s.value = 0.5; s.dispatchEvent(new Event('input')); })()")
    expect(picture("#given") != given and "before" in one("#errors").text, "noise is added")
    one("#any").click()
    expect(run("explorer.pad.picture.length") == 784, "a digit of the data")
    png = folder / "drop.png"
    browser.save_screenshot(str(png))
    one("#file").send_keys(str(png))
    wait(lambda: run("explorer.pad.picture === null && !explorer.pad.empty"), "a picture from a file")
    (folder / "no_picture.png").write_text("hello")
    one("#file").send_keys(str(folder / "no_picture.png"))
    wait(lambda: "no_picture.png is no picture" in one("#status").text, "what is none is told")

    for details in all_of("#layers details")[:3]:
        one("summary", details).click()
        wait(lambda: len(all_of("canvas", details)) >= 1, "a layer is shown")
    expect(len(all_of("canvas", all_of("#layers details")[1])) == 3, "what it gives, its kernel, its bias")
    quiet()


def training():
    open_explorer("mnist_autoencoder")
    at_top("#start")
    dots, made = picture("#plane .dots"), picture("#made")
    one("#start").click()
    wait(lambda: run("explorer.training.curve[0].length") >= 3, "it trains", 60)
    run("(() => { const s = document.querySelector('#rate'); s.value = -2; s.dispatchEvent(new Event('input')); })()")
    expect(one("#rate-is").text == "0.010", "another learning rate")
    expect("images/s" in one("#train-says").text, one("#train-says").text)
    print("training:", one("#train-says").text)
    one("#start").click()
    expect(picture("#made") != made, "the page shows the weights of now")
    wait(lambda: picture("#plane .dots") != dots, "and the plane does", 60)
    one("#again").click()
    wait(lambda: picture("#made") == made, "the weights of the file are back", 60)
    one("#fresh").click()
    wait(lambda: picture("#made") != made and "new weights" in one("#train-says").text, "new ones", 60)
    quiet()


def everywhere():
    for name in ("conditional_vae", "mnist_autoencoder"):
        for width, height, scheme in ((1280, 900, "dark"), (390, 844, "light")):
            screen(width, height)
            media(prefers_color_scheme=scheme)
            open_explorer(name)
            expect(run("document.documentElement.scrollWidth") <= width, f"{name} fits into {width} pixels")
            expect(not run("document.body.innerText").count("undefined"), f"{name} says undefined")
        # A finger, on the phone: it decodes and does not scroll.
        at_top("#plane")
        before = picture("#here")
        box = run("(() => { const r = document.querySelector('#plane').getBoundingClientRect(); return [r.left + r.width / 3, r.top + r.height / 3]; })()")
        for kind, points in (("touchStart", [box]), ("touchMove", [[box[0] + 40, box[1] + 40]]), ("touchEnd", [])):
            browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})
        wait(lambda: picture("#here") != before, "a finger decodes")
        quiet()
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def speed():
    """Ten thousand points: how long a frame takes, and a decoding. On a busy machine these are no claims: they are printed."""
    media()
    open_explorer("mnist_autoencoder")
    frames = run("(() => { const p = explorer.plane; p.show_grid = false; p.set_points(Float32Array.from({length: 20000}, (_, i) => p.places[i % 10000] + 0.01 * (i % 7)), Uint8Array.from({length: 10000}, (_, i) => i % 10));"
                 " const times = []; for (let k = 0; k < 60; ++k) { const t = performance.now(); p.draw_dots(); p.draw_marks(); times.push(performance.now() - t); } return times.sort((a, b) => a - b)[30]; })()")
    decoding = run("(() => { const n = explorer.network, code = new Float32Array(n.sizes[n.code]), begin = performance.now(); for (let k = 0; k < 200; ++k) n.decode(code, [0]); return (performance.now() - begin) / 200; })()")
    print(f"10,000 points: {frames:.1f} ms a frame; decoding: {decoding:.2f} ms")
    expect(frames > 0 and decoding > 0, "times are measured")
    quiet()


def way_back():
    open_page(folder / "beside/explorer.html")
    wait(lambda: run("globalThis.explorer && explorer.ready"), "it starts", 120)
    expect(one("#report a").is_displayed() and one("#report a").get_attribute("href").endswith("beside/report.html"), "to the report")
    open_explorer("mnist_autoencoder")
    expect(not one("#report").is_displayed(), "which is not always there")
    quiet()


use((plane, drawing, training, everywhere, speed, way_back))
