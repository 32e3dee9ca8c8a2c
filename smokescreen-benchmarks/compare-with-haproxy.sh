#!/usr/bin/env bash
# Measures bin/smokescreen beside HAProxy, which relays without deciding anything and so stands for the limit.
# Everything runs on loopback; what was started here is ended here, and nothing else.
#
#   compare-with-haproxy.sh [options of LoadTest, for example --rows connect,http --warm-up 5 --pairs 3]
#
# With the defaults (30 s warm-up, 5 pairs of 10 s, 5 rows) it takes a quarter of an hour.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
jar=$here/target/benchmarks.jar
smokescreen=${SMOKESCREEN:-$root/bin/smokescreen}
haproxy=$(command -v haproxy || echo /usr/sbin/haproxy)
dnsmasq=$(command -v dnsmasq || echo /usr/sbin/dnsmasq)
limit_seconds=${LIMIT_SECONDS:-3600}
base_port=${BASE_PORT:-20700}
dns_ttl=${DNS_TTL:-60}   # seconds; with 0 every tunnel costs a lookup, as with the proxy's cache off

backend_port=$base_port
proxy_port=$((base_port + 1))
tcp_port=$((base_port + 2))
http_port=$((base_port + 3))
dns_port=$((base_port + 4))

for needed in "$jar" "$smokescreen" "$haproxy" "$dnsmasq"; do
  if [[ ! -e $needed ]]; then
    echo "missing: $needed (build with 'mvn package -DskipTests'; Debian's haproxy and dnsmasq-base are the others)" >&2
    exit 2
  fi
done

dir=$(mktemp -d)
pids=()
cleanup() {
  for pid in "${pids[@]}"; do
    kill "$pid" 2>/dev/null || true
  done
  for pid in "${pids[@]}"; do
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$dir"
}
trap cleanup EXIT

await_port() {
  for _ in $(seq $((${3:-10} * 10))); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
      return
    fi
    sleep 0.1
  done
  echo "nothing listens on port $1; its output:" >&2
  cat "$dir/$2" >&2
  exit 1
}

mkdir "$dir/rules" # apart from the log: each change in the folder of a file wakes who watches that file
cat >"$dir/rules/acl.yaml" <<'ACL'
version: v1
services: []
default:
  project: benchmark
  action: enforce
  allowed_domains:
    - load.test
ACL

# As Debian starts it, except for the ports: one process, a thread for each processor, splicing where it can.
cat >"$dir/haproxy.cfg" <<CONFIG
global
  maxconn 2000
defaults
  timeout connect 10s
  timeout client 10m
  timeout server 10m
  option splice-auto
frontend tcp_in
  mode tcp
  bind 127.0.0.1:$tcp_port
  default_backend tcp_out
backend tcp_out
  mode tcp
  server origin 127.0.0.1:$backend_port
frontend http_in
  mode http
  bind 127.0.0.1:$http_port
  default_backend http_out
backend http_out
  mode http
  server origin 127.0.0.1:$backend_port
CONFIG

java -Xmx256m -cp "$jar" io.smokescreen.benchmarks.load.LoadTest backend --port "$backend_port" >"$dir/backend.out" 2>&1 &
pids+=($!)
"$dnsmasq" -k -p "$dns_port" --listen-address=127.0.0.1 --bind-interfaces -C /dev/null -h -R \
  --address=/load.test/127.0.0.1 --local=/load.test/ --local-ttl="$dns_ttl" >"$dir/dnsmasq.out" 2>&1 &
pids+=($!)
"$haproxy" -db -f "$dir/haproxy.cfg" >"$dir/haproxy.out" 2>&1 &
haproxy_pid=$!
pids+=("$haproxy_pid")
"$smokescreen" --listen-ip 127.0.0.1 --listen-port "$proxy_port" --egress-acl-file "$dir/rules/acl.yaml" \
  --allow-range 127.0.0.0/8 --resolver-address "127.0.0.1:$dns_port" --allow-missing-role >"$dir/smokescreen.log" 2>&1 &
proxy_pid=$!
pids+=("$proxy_pid")

await_port "$backend_port" backend.out
await_port "$tcp_port" haproxy.out
await_port "$http_port" haproxy.out
await_port "$proxy_port" smokescreen.log 240

if [[ $(readlink "/proc/$proxy_pid/exe") != */java ]]; then
  echo "$smokescreen did not become the java process (expected it to exec), so its CPU time cannot be told" >&2
  exit 1
fi

echo "A = $("$smokescreen" --version 2>/dev/null | head -1 || echo smokescreen), B = $("$haproxy" -v | head -1)"
echo "$(nproc) processors, kernel $(uname -r), $(java -version 2>&1 | head -1)"
timeout "$limit_seconds" java -Xmx512m -cp "$jar" io.smokescreen.benchmarks.load.LoadTest \
  --target "load.test:$backend_port" --proxy "127.0.0.1:$proxy_port" --pid "$proxy_pid" \
  --b-proxy "127.0.0.1:$tcp_port" --b-http "127.0.0.1:$http_port" --b-pid "$haproxy_pid" --b-mode relay "$@"
