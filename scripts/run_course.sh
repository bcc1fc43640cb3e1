#!/bin/sh
# Runs the exercises of the course at full length and writes docs/results.md: exercise, Keras's figure, ours, time, picture;
# docs/course/output.txt: what they print, which the pages of the course quote (scripts/check_course_pages.py compares);
# an explorer of each network that comes compiled for the browser; docs/live, a report and an explorer for the site (of `manifold`);
# and out/course/index.html, a page that leads to the reports and explorers of all runs.
# usage: scripts/run_course.sh [--seeds "N ..."] [NAME ...]   (names are those of the table below; default: all of them)
#
# Two seeds end 1 to 3 % apart. With --seeds "1 2 3 4" what Keras has a figure for is trained with these seeds, too (the first run
# has the programs' own, 42), and the table has the mean of all and their standard deviation.
# With NAMEs table and output go to out/course instead. Resumable: what has been run is not run again. A run is a folder
# in out/course; remove it to run it again.
set -eu
unset CDPATH
case "${1:-}" in -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p;}' "$0" && exit ;; esac
cd "$(dirname "$0")/.."

seeds=
if [ "${1-}" = --seeds ]; then
  seeds=${2?"--seeds: expected numbers, as in --seeds \"1 2 3\""}
  shift 2
fi

# name | program and options | figure | Keras's value (docs/results.md says where it is from) | pictures
# The first picture is that of the table; the pages of the course show the others, too.
table="
dense|dense_autoencoder|val_loss|0.0916|reconstructions.png
dense_sparse|dense_autoencoder --sparse|val_data_loss||reconstructions.png
dense_deep|dense_autoencoder --deep|val_loss||reconstructions.png
anomalies|anomaly_detection|auc_mean|0.713|roc.png errors.png images.png
convolution|convolution_demo|response_to_the_curve||edges.png curve.png filters.png feature_maps.png
mnist|mnist_autoencoder|val_loss||code.png reconstructions.png
mnist_relu|mnist_autoencoder --output relu|val_loss|0.0925|reconstructions.png
mnist_relu_noise|mnist_autoencoder --output relu --noise 0.7|val_loss|0.1282|reconstructions.png
valid|valid_autoencoder|val_loss|0.1290|reconstructions.png
valid_blog|valid_autoencoder --architecture blog --batch-size 128|val_loss|0.1135|reconstructions.png
fashion|fashion_autoencoder|val_loss|0.2622|as_denoiser.png reconstructions.png squared_error.png
classifier|digit_classifier|test_accuracy||confusion.png
gaussian|gaussian_denoising|val_loss|0.0711|denoised.png
denoising|denoising_autoencoder|val_loss|0.0957|denoised.png
denoising_losses|denoising_autoencoder --loss both|trained_with_mse_evaluated_by_mse||losses.png
denoising_transpose|denoising_autoencoder --decoder transpose|val_loss||denoised.png
denoising_dense|denoising_autoencoder --decoder dense|val_loss||denoised.png
levels|denoising_levels|val_loss_0.5|0.1013|digits.png
levels_confusion|denoising_levels|val_loss_0.9|0.1555|confusion_noise_0.9.png
manifold|variational_autoencoder|loss|147.57|manifold.png codes.png points.png
conditional|conditional_vae|read_as_asked||digits.png
adversarial|adversarial_autoencoder|code_deviation||manifold.png codes.png
tsne|latent_tsne|convolutional_tsne_trustworthiness||convolutional.png
morph|latent_arithmetic|half_way_distance_codes||morph.png
augmentation|digit_augmentation|recognised_2_100||digit_8_1000.png digit_2_10.png
devanagari|devanagari_denoising|val_loss|0.1497|denoised.png
documents|document_denoising|rmse_after|0.0325|detail.png
unet|unet_denoising|rmse_skips|0.0226|detail.png
experiments|denoising_experiments|psnr_gain_of_first_pooling||experiments.png
"

for name; do
  echo "$table" | cut -d '|' -f 1 | grep -qxF -e "$name" && [ -n "$name" ] && continue
  echo "run_course: expected [--seeds \"N ...\"] and some of $(echo "$table" | cut -d '|' -f 1 | tr '\n' ' '), received $name" >&2
  exit 2
done

# The lines that are asked for.
if [ $# -gt 0 ]; then
  table=$(echo "$table" | while read -r line; do
    case " $* " in *" ${line%%|*} "*) echo "$line" ;; esac
  done)
fi
programs=$(echo "$table" | cut -d '|' -f 2 | cut -d ' ' -f 1 | sort -u)
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
cmake --preset release >/dev/null
# shellcheck disable=SC2086
cmake --build --preset release --target $programs course_index latent_explorer

# Runs program $1 with its options, and $2 as its seed if there is one, unless that was done. Sets $folder to where its results
# are. Runs are shared between lines of the table. Their seconds are those of the processors, which a busy machine changes little.
run() {
  folder=out/course/$(echo "$1${2:+ --seed $2}" | tr -c 'a-z0-9\n' '_')
  [ -e "$folder/seconds" ] && return
  mkdir -p "$folder"
  echo "== $1${2:+ --seed $2}" >&2
  # shellcheck disable=SC2086
  (build/release/examples/$1 ${2:+--seed $2} --out "$folder" >"$folder/output.txt" 2>&1 && times >"$folder/times") ||
    { cat "$folder/output.txt"; return 1; }
  echo "$(date +%F), $commit" >"$folder/when"
  tail -1 "$folder/times" | awk -F '[ms ]+' '{ printf "%.0f\n", 60 * ($1 + $3) + $2 + $4 }' >"$folder/seconds"
}

# Makes an explorer of each file of weights that the run in $folder has left, where its network is one that comes compiled: of
# mse_weights.safetensors mse_explorer.html.
explore() {
  for weights in "$folder"/*weights*.safetensors; do
    [ -e "$weights" ] || continue
    page=$(echo "${weights%.safetensors}.html" | sed 's|weights\([^/]*\)$|explorer\1|')
    [ ! "$page" -nt "$weights" ] || continue
    build/release/examples/latent_explorer "$weights" --out "$page" >"$folder/explorer.txt" 2>&1 ||
      grep -q 'is of none of the' "$folder/explorer.txt" || { cat "$folder/explorer.txt"; return 1; }
  done
}

# What the run in $folder printed, without its data's place, its network, its progress and its files.
printed() {
  grep -Ev '^(Epoch|goes on after|explore it in|Model:|patches|written to|digit classifier: |[a-z]+ auto-encoder: )|[┏┃┡│├└]| params: | from ' "$folder/output.txt"
}

# Figure $1 of the run in $folder.
figure() {
  sed -n "s/^$1: //p" "$folder/output.txt" | tail -1
}

results=docs/results.md output=docs/course/output.txt
[ $# -eq 0 ] || results=out/course/results.md output=out/course/output.txt
processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)
mkdir -p docs/images/course out/course
: >out/course/index.part
: >"$output.part"
{
  echo "# Results of the course"
  echo
  echo "Written by \`scripts/run_course.sh\` on ${processor:-an unnamed processor}; the last column says when each was run, at which commit."
  echo "Keras's figures: Keras 3.15 with TensorFlow 2.21, one run each, on the same data for as many epochs;"
  echo "\`document_denoising\` runs twice as many. An error or a loss is better when it is lower,"
  echo "and [seeds](../benchmarks/peers/README.md#what-a-seed-does) matter more than a per cent."
  if [ -n "$seeds" ]; then
    echo "The column of seeds: mean and standard deviation of the run beside it and of those with the seeds $seeds."
  fi
  echo
  echo "Seconds are those of the processors: two of them need little more than half."
  echo
  echo "| exercise | figure | Keras | latent |${seeds:+ seeds |} seconds | picture | run |"
  echo "| --- | --- | ---: | ---: |${seeds:+ ---: |} ---: | --- | --- |"
} >"$results.part"
echo "$table" | while IFS='|' read -r name command figure keras pictures; do
  [ -n "$name" ] || continue
  run "$command" || exit 1
  explore || exit 1
  value=$(figure "$figure" | awk '{ printf "%.6g", $1 }') seconds=$(cat "$folder/seconds")
  picture=${pictures%% *}
  cp "$folder/$picture" "docs/images/course/$name.png"
  for other in ${pictures#"$picture"}; do cp "$folder/$other" "docs/images/course/${name}_$other"; done
  heading="\$ build/release/examples/$command"
  grep -qxF "$heading" "$output.part" || { echo "$heading"; printed; echo; } >>"$output.part"
  echo "$name|$command|$figure|$keras|$value|$seconds|${folder#out/course/}/report.html|$folder/$picture|$(cd out/course && ls "${folder#out/course/}"/*explorer*.html 2>/dev/null | tr '\n' ' ')" \
    >>out/course/index.part
  if [ "$name" = manifold ]; then  # few colours and points: these pages are kept in the repository
    mkdir -p docs/live
    /usr/bin/python3 scripts/smaller_pictures.py "$folder/report.html" docs/live/report.html
    build/release/examples/latent_explorer "$folder/weights.safetensors" --points 800 --title "Variational auto-encoder of MNIST" \
      --out docs/live/explorer.html
  fi
  spread=
  if [ -n "$seeds" ] && [ -n "$keras" ]; then
    values=$(figure "$figure")
    for seed in $seeds; do
      run "$command" "$seed" || exit 1
      values="$values $(figure "$figure")"
    done
    spread=$(echo "$values" | awk '{
      for (i = 1; i <= NF; ++i) mean += $i / NF
      for (i = 1; i <= NF; ++i) squares += ($i - mean) ^ 2
      printf "%.5g ± %.1g", mean, sqrt(squares / (NF - 1))
    }')
  fi
  echo "| \`$command\` | $figure | $keras | $value |${seeds:+ $spread |} $seconds | [$picture](images/course/$name.png) | $(cat "$folder/when") |"
done >>"$results.part"
mv "$results.part" "$results"
mv "$output.part" "$output"
build/release/examples/course_index out/course/index.html <out/course/index.part
rm out/course/index.part
echo "written: $results, $output, out/course/index.html"
