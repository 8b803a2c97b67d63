"""`python -m simulation play SCRIPT [--story] [--seed N]`: a lab without page, Django or network."""

import argparse
import sys
from pathlib import Path

from simulation.scenarios.player import Player
from simulation.scenarios.script import Mistake, read

MISTAKEN, INTERRUPTED = 2, 130
FILE_BYTES_MAX = 512 * 1024
ENDINGS = (".yaml", ".yml", ".json")


def files_beside(script: Path, name: str) -> dict[str, str] | None:
    """Return the files that a name means relative to a script: one file, or those of a folder."""
    path = script.parent / name
    if path.is_file() and path.stat().st_size <= FILE_BYTES_MAX:
        return {name: path.read_text(encoding="utf-8", errors="replace")}
    if path.is_dir():
        folder = name.removeprefix("./").rstrip("/")
        prefix = "" if folder in ("", ".") else f"{folder}/"
        found = {
            f"{prefix}{each.name}": each.read_text(encoding="utf-8", errors="replace")
            for each in sorted(path.iterdir())
            if each.suffix in ENDINGS and each.stat().st_size <= FILE_BYTES_MAX
        }
        return found or None
    return None


def play(arguments: argparse.Namespace) -> int:
    """Play a script; return the status to end with."""
    path = Path(arguments.script)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        print(f"{path}: {getattr(problem, 'strerror', None) or problem}", file=sys.stderr)
        return MISTAKEN
    try:
        script = read(text)
        player = Player(
            script,
            lambda name: files_beside(path, name),
            lambda line: print(line, flush=True),
            arguments.seed,
            arguments.story,
        )
        player.play()
    except BrokenPipeError:
        # Whoever read along, such as head, has seen enough; there is nobody left to tell.
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return INTERRUPTED
    except Mistake as mistake:
        print(f"{path}:{mistake.line}: {mistake.text}", file=sys.stderr)
        return MISTAKEN
    return 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m simulation")
    verbs = parser.add_subparsers(dest="verb", required=True)
    playing = verbs.add_parser("play", help="play a script and print what happens")
    playing.add_argument("script")
    playing.add_argument("--story", action="store_true", help="tell what happens, with its causes")
    playing.add_argument("--seed", type=int, help="the seed of the lab")
    return play(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
