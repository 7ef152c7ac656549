"""Binds the process that it runs in, before a stranger's bytes are read: memory, CPU time, no new file, no
socket, no other process. Loaded by path from a worker script, so it imports nothing of this project.

Two walls. Rlimits hold on every Unix. On Linux a seccomp filter lets through only the calls that a reader
needs, so that even a reader that was taken over can open, send and start nothing.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import platform
import socket
import sys
from collections.abc import Callable

# Allowed calls by machine: (audit architecture, numbers). Memory, the three open streams, signals to itself
# (abort), time, and the end; from the kernel's syscall tables (x86: syscall_64.tbl; arm64: asm-generic).
_CALLS: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        (
            0, 1, 3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 23, 24, 25, 27, 28, 35, 39, 60, 63, 72,
            96, 97, 98, 99, 100, 102, 104, 107, 108, 131, 158, 160, 186, 201, 202, 204, 218, 219, 228, 229, 230, 231,
            234, 262, 270, 271, 273, 274, 302, 309, 318, 332, 334,
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            25, 29, 57, 62, 63, 64, 65, 66, 72, 73, 79, 80, 93, 94, 96, 98, 99, 100, 101, 113, 114, 115, 123, 124, 128,
            131, 132, 134, 135, 139, 153, 160, 163, 164, 165, 168, 169, 172, 174, 175, 176, 177, 178, 179, 214, 215,
            216, 222, 226, 227, 232, 233, 261, 278, 291, 293,
        ),
    ),
}  # fmt: skip
_ALLOW, _DENY = 0x7FFF0000, 0x00050001  # SECCOMP_RET_ALLOW; SECCOMP_RET_ERRNO with EPERM
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2


def limit_self(memory_bytes: int, cpu_s: int) -> None:
    """Bounds of memory, CPU time, written files and processes. Where the system has no rlimits, the parent's
    clock alone ends this process."""
    try:
        import resource
    except ImportError:
        return
    for name, value in (
        ("RLIMIT_AS", memory_bytes),
        ("RLIMIT_CPU", cpu_s),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_NPROC", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        try:
            resource.setrlimit(kind, (bound, bound))
        except (ValueError, OSError):
            continue


def close_doors() -> None:
    """No new file, socket or process from here on: everything needed is already open."""
    for codec in ("utf-8", "ascii", "latin-1", "utf-16", "utf-16-le", "utf-16-be", "utf-32-le"):
        codecs.lookup(codec)
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    except (ImportError, ValueError, OSError):
        pass
    _filter_calls()


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("yes", ctypes.c_ubyte),
        ("no", ctypes.c_ubyte),
        ("k", ctypes.c_uint),
    )


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.POINTER(_Instruction)))


def _filter_calls() -> bool:
    """Whether the kernel took the filter: any call but those of `_CALLS` then fails with EPERM."""
    known = _CALLS.get(platform.machine())
    if not sys.platform.startswith("linux") or known is None:
        return False
    architecture, calls = known
    load, equal, answer = 0x20, 0x15, 0x06  # BPF_LD+W+ABS, BPF_JMP+JEQ+K, BPF_RET+K
    steps = [(load, 0, 0, 4), (equal, 1, 0, architecture), (answer, 0, 0, _DENY), (load, 0, 0, 0)]
    steps += [(equal, len(calls) - place, 0, call) for place, call in enumerate(calls)]
    steps += [(answer, 0, 0, _DENY), (answer, 0, 0, _ALLOW)]
    array = (_Instruction * len(steps))(*(_Instruction(*step) for step in steps))
    program = _Program(len(steps), array)
    control = ctypes.CDLL(None, use_errno=True).prctl
    control.argtypes = (ctypes.c_int, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_ulong)
    if control(_NO_NEW_PRIVILEGES, 1, None, 0, 0) != 0:
        return False
    return bool(control(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0)


def probe_limits(memory_bytes: int) -> dict[str, bool]:
    """Behind closed doors, try what a reader that was taken over would: name -> whether it was refused.
    Nothing is read or sent."""

    def open_file() -> None:
        os.close(os.open(os.devnull, os.O_RDONLY))

    def take_memory() -> None:
        bytearray(memory_bytes)

    def open_socket() -> None:
        socket.socket().close()

    def start_process() -> None:
        if os.fork() == 0:
            os._exit(0)
        os.wait()

    def open_socket_in_place_of_a_stream() -> None:
        os.close(2)
        socket.socket().close()

    attempts: dict[str, Callable[[], None]] = {
        "new file": open_file,
        "more memory": take_memory,
        "network": open_socket,
        "new process": start_process,
        "network in place of a stream": open_socket_in_place_of_a_stream,
    }
    refused = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except (OSError, MemoryError):
            refused[name] = True
        else:
            refused[name] = False
    return refused
