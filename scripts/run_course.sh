#!/bin/sh
# Runs the exercises of the course at full length and writes docs/results.md: exercise, Keras's figure, ours, time, picture;
# and out/course/index.html, a page that leads to the reports of all runs.
# usage: scripts/run_course.sh [--seeds "N ..."] [NAME ...]   (names are those of the table below; default: all of them)
#
# Two seeds end 1 to 3 % apart. With --seeds "1 2 3 4" what Keras has a figure for is trained with these seeds, too (the first run
# has the programs' own, 42), and the table has the mean of all and their standard deviation.
# With NAMEs the table goes to out/course/results.md instead. Resumable: what has been run is not run again. A run is a folder
# in out/course; remove it to run it anew.
set -eu
cd "$(dirname "$0")/.."

seeds=
if [ "${1-}" = --seeds ]; then
  seeds=${2?"--seeds: expected numbers, as in --seeds \"1 2 3\""}
  shift 2
fi

# name | program and options | figure | Keras's value (docs/results.md says where it is from) | picture
table="
dense|dense_autoencoder|val_loss|0.0916|reconstructions.png
dense_sparse|dense_autoencoder --sparse|val_data_loss||reconstructions.png
dense_deep|dense_autoencoder --deep|val_loss||reconstructions.png
convolution|convolution_demo|response_to_the_curve||edges.png
mnist|mnist_autoencoder|val_loss||code.png
mnist_relu|mnist_autoencoder --output relu|val_loss|0.0925|reconstructions.png
mnist_relu_noise|mnist_autoencoder --output relu --noise 0.7|val_loss|0.1282|reconstructions.png
valid|valid_autoencoder|val_loss|0.1290|reconstructions.png
valid_blog|valid_autoencoder --architecture blog --batch-size 128|val_loss|0.1135|reconstructions.png
fashion|fashion_autoencoder|val_loss|0.2622|as_denoiser.png
gaussian|gaussian_denoising|val_loss|0.0711|denoised.png
denoising|denoising_autoencoder|val_loss|0.0957|denoised.png
denoising_losses|denoising_autoencoder --loss both|trained_with_mse_evaluated_by_mse||losses.png
denoising_transpose|denoising_autoencoder --decoder transpose|val_loss||denoised.png
denoising_dense|denoising_autoencoder --decoder dense|val_loss||denoised.png
levels|denoising_levels|val_loss_0.5|0.1013|digits.png
levels_confusion|denoising_levels|val_loss_0.9|0.1555|confusion_noise_0.9.png
manifold|variational_autoencoder|loss|147.57|manifold.png
conditional|conditional_vae|read_as_asked||digits.png
adversarial|adversarial_autoencoder|code_deviation||manifold.png
tsne|latent_tsne|convolutional_tsne_trustworthiness||convolutional.png
morph|latent_arithmetic|half_way_distance_codes||morph.png
augmentation|digit_augmentation|recognised_2_100||digit_8_1000.png
devanagari|devanagari_denoising|val_loss|0.1497|denoised.png
documents|document_denoising|rmse_after|0.0325|detail.png
unet|unet_denoising|rmse_skips|0.0226|detail.png
experiments|denoising_experiments|psnr_gain_of_first_pooling||experiments.png
"

cmake --preset release >/dev/null
cmake --build --preset release

# Runs program $1 with its options, and $2 as its seed if there is one, unless that was done. Sets $folder to where its results
# are. Runs are shared between lines of the table.
run() {
  folder=out/course/$(echo "$1${2:+ --seed $2}" | tr -c 'a-z0-9\n' '_')
  [ -e "$folder/seconds" ] && return
  mkdir -p "$folder"
  echo "== $1${2:+ --seed $2}" >&2
  start=$(date +%s)
  # shellcheck disable=SC2086
  build/release/examples/$1 ${2:+--seed $2} --out "$folder" >"$folder/output.txt" 2>&1 || { cat "$folder/output.txt"; return 1; }
  echo $(($(date +%s) - start)) >"$folder/seconds"
}

# Figure $1 of the run in $folder.
figure() {
  sed -n "s/^$1: //p" "$folder/output.txt" | tail -1
}

results=docs/results.md
[ $# -eq 0 ] || results=out/course/results.md
commit=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2>/dev/null | head -1)
mkdir -p docs/images/course out/course
: >out/course/index.part
{
  echo "# Results of the course"
  echo
  echo "Written by \`scripts/run_course.sh\` at commit $commit on $(nproc) cores of ${processor:-an unnamed processor}."
  echo "Keras's figures: Keras 3.15 with TensorFlow 2.21, one run each, on the same data for as many epochs;"
  echo "\`document_denoising\` runs twice as many. An error or a loss is better when it is lower,"
  echo "and [seeds](../benchmarks/peers/README.md#what-a-seed-does) matter more than a per cent."
  if [ -n "$seeds" ]; then
    echo "The column of seeds: mean and standard deviation of the run beside it and of those with the seeds $seeds."
  fi
  echo
  echo "| exercise | figure | Keras | latent |${seeds:+ seeds |} seconds | picture |"
  echo "| --- | --- | ---: | ---: |${seeds:+ ---: |} ---: | --- |"
} >"$results.part"
echo "$table" | while IFS='|' read -r name command figure keras picture; do
  [ -n "$name" ] || continue
  if [ $# -gt 0 ]; then
    case " $* " in *" $name "*) ;; *) continue ;; esac
  fi
  run "$command" || exit 1
  value=$(figure "$figure") seconds=$(cat "$folder/seconds")
  cp "$folder/$picture" "docs/images/course/$name.png"
  echo "$name|$command|$figure|$keras|$value|$seconds|${folder#out/course/}/report.html|$folder/$picture" >>out/course/index.part
  spread=
  if [ -n "$seeds" ] && [ -n "$keras" ]; then
    values=$value
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
  echo "| \`$command\` | $figure | $keras | $value |${seeds:+ $spread |} $seconds | [$picture](images/course/$name.png) |"
done >>"$results.part"
mv "$results.part" "$results"
build/release/examples/course_index out/course/index.html <out/course/index.part
rm out/course/index.part
echo "written: $results, out/course/index.html"
