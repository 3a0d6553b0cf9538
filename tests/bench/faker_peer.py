"""Make up persons with Faker, row by row, and write them as CSV: what most people do first.

Usage: python -m tests.bench.faker_peer ROWS
"""

from __future__ import annotations

import csv
import os
import sys

from faker import Faker


def main() -> None:
    """Write as many persons as are asked for, with what a roster says of a child."""
    fake = Faker("en_US")
    Faker.seed(7)
    with open(os.devnull, "w", encoding="utf-8", newline="") as file:
        write = csv.writer(file).writerow
        for _ in range(int(sys.argv[1])):
            write(
                [
                    fake.uuid4(),
                    fake.first_name(),
                    fake.first_name(),
                    fake.last_name(),
                    fake.date_of_birth(minimum_age=5, maximum_age=18).isoformat(),
                    fake.random_element(("Female", "Male")),
                    fake.email(),
                    fake.phone_number(),
                ]
            )


if __name__ == "__main__":
    main()
