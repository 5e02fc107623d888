"""Starts the program. The version, and the plain start, are answered before the command line's library is loaded."""

import io
import sys


def main() -> None:
    """Run the `breadtui` command with the process's arguments."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal of another encoding lacks some signs, and no more
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from breadtui import __version__

        sys.stdout.write(f"breadtui {__version__}\n")
        return
    if not arguments:
        # Loading click takes longer than all else that is ours before the first screen.
        from breadtui.launch import launch

        sys.exit(launch())
    from breadtui.cli import breadtui

    breadtui()


if __name__ == "__main__":
    main()
