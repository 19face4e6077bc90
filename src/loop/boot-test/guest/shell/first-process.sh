# The first process of an image without systemd: it only waits for processes without a parent.
# shellcheck shell=dash
export PATH=/run/coxswain/bin
while :; do
  sleep 86400 &
  wait
done
