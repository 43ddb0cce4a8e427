"""The command line: one module a command, each a thin shell round one library call."""

from __future__ import annotations

import atexit
import gc
import io
import sys


def main() -> None:
    """Runs ``mt-publish`` and exits with a documented code; see `mt_publish.cli.exits`."""
    from mt_publish.cli.exits import Exit, exit_code
    from mt_publish.errors import MtPublishError

    # Glossaries are many objects and no garbage: looking for it took 0.05 s of every start, and 0.08 s of every exit.
    gc.set_threshold(100_000, 20, 20)
    atexit.register(gc.freeze)
    try:
        _speak_utf8()
        from mt_publish.cli.app import run

        code = run(sys.argv[1:])
        sys.stdout.flush()
    except MtPublishError as error:
        print(f"mt-publish: error: {error}", file=sys.stderr)
        code = exit_code(error)
    except KeyboardInterrupt as error:
        print("mt-publish: interrupted; what is finished is kept, run the same command again to go on", file=sys.stderr)
        code = exit_code(error)
    except BrokenPipeError:
        # The reader of stdout has gone (`| head`): that is no error. Keep Python from complaining at exit.
        import os

        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.OK
    except Exception:  # the last line of defence: anything here is a bug, and the user must learn so
        import traceback

        traceback.print_exc()
        print("mt-publish: this is a bug in mt-publish; please report it with the lines above", file=sys.stderr)
        code = Exit.BUG
    sys.exit(int(code))


def _speak_utf8() -> None:
    """Results in a pipe or file are UTF-8 whatever the locale; a terminal gets what it can show. Nothing fails on a name."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(
                    encoding="utf-8", errors="surrogateescape" if stream is sys.stdout else "backslashreplace"
                )
