"""A supervisor for tests: it binds a listening socket and has the command run as a worker on it.

usage: supervisor.py einhorn|systemd FOLDER COMMAND...

It speaks the protocol of Einhorn's master, or that of systemd (LISTEN_FDS, NOTIFY_SOCKET), as the first argument says. It
takes orders on standard input, one a line:

  start NAME [VARIABLE=VALUE]...   runs a worker; its standard output and error go to FOLDER/NAME.out and FOLDER/NAME.err
  signal NAME SIGNAL               sends it a signal, such as USR2

and reports on standard output, one a line:

  listening PORT
  started NAME PID
  ack PID LINE                     what came over Einhorn's command socket, if it is an acknowledgement
  invalid LINE                     what else came over it
  notify MESSAGE                   what came over the notification socket, lines joined by '|'
  exited NAME CODE                 negative: the signal that ended it

When standard input ends, it kills what still runs.
"""

import json
import os
import re
import signal
import socket
import sys
import threading

mode, folder, command = sys.argv[1], sys.argv[2], sys.argv[3:]
report_lock = threading.Lock()
workers = {}


def report(*words):
    with report_lock:
        print(*words, flush=True)


def listen():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(512)
    assert listener.gettimeout() is None  # blocking, as the supervisors make it
    report("listening", listener.getsockname()[1])
    return listener


def decode(line):
    return re.sub("%([0-9A-Fa-f]{2})", lambda match: chr(int(match.group(1), 16)), line)


def take_acknowledgements(server):
    while True:
        connection, _ = server.accept()
        with connection, connection.makefile("r", encoding="utf-8") as lines:
            for line in lines:
                line = line.rstrip("\n")
                try:
                    request = json.loads(decode(line))  # flow style YAML with quoted keys is JSON
                    assert request["command"] == "worker:ack"
                    report("ack", int(request["pid"]), line)
                except Exception:
                    report("invalid", line)


def take_notifications(server):
    while True:
        report("notify", server.recv(65536).decode().replace("\n", "|"))


def wait(name, pid):
    _, status = os.waitpid(pid, 0)
    report("exited", name, os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status))


def worker_environment(pid):
    if mode == "einhorn":
        return {
            "EINHORN_MASTER_PID": str(os.getppid()),
            "EINHORN_SOCK_PATH": path,
            "EINHORN_FD_COUNT": "1",
            "EINHORN_FD_0": str(listener.fileno()),
        }
    return {"LISTEN_PID": str(pid), "LISTEN_FDS": "1", "LISTEN_FDNAMES": "proxy.socket", "NOTIFY_SOCKET": path}


def become_worker(name, variables):
    descriptor = listener.fileno()
    if mode == "systemd":
        descriptor = 3
        os.dup2(listener.fileno(), descriptor)
    os.set_inheritable(descriptor, True)
    for stream, suffix in ((1, "out"), (2, "err")):
        opened = os.open(os.path.join(folder, name + "." + suffix), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(opened, stream)
    environment = dict(os.environ, **worker_environment(os.getpid()))
    environment.update(variable.split("=", 1) for variable in variables)
    os.execve(command[0], command, environment)


def start(name, variables):
    pid = os.fork()
    if pid == 0:
        try:
            become_worker(name, variables)
        finally:
            os._exit(127)
    workers[name] = pid
    report("started", name, pid)
    threading.Thread(target=wait, args=(name, pid), daemon=True).start()


path = os.path.join(folder, "supervisor.sock")
listener = listen()
if mode == "einhorn":
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(5)
    threading.Thread(target=take_acknowledgements, args=(server,), daemon=True).start()
else:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind(path)
    threading.Thread(target=take_notifications, args=(server,), daemon=True).start()

for order in sys.stdin:
    words = order.split()
    if words[0] == "start":
        start(words[1], words[2:])
    else:
        os.kill(workers[words[1]], getattr(signal, "SIG" + words[2]))

for pid in workers.values():
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
