"""Take pseudopeople's census of its sample population ten times, each with another seed.

Runs in an environment of its own, which has neither the kit nor its tests. Its sample is of 10,000 people, so
that once would time mostly how long it takes to begin.
"""

import pseudopeople

TIMES = 10


def main() -> None:
    """Print how many rows there were."""
    print(sum(len(pseudopeople.generate_decennial_census(seed=seed)) for seed in range(TIMES)))  # noqa: T201


if __name__ == "__main__":
    main()
