"""Run the generator's commands: `python -m synthetic_data make FOLDER`."""

from synthetic_data.cli import main

if __name__ == "__main__":
    main(prog_name="python -m synthetic_data")
