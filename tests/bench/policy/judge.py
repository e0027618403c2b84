#!/usr/bin/python3
"""The case study's function, as it stands there, on the documents of bench_judge.c: documents per CPU-second.

    bench_judge.py COLUMNS SECONDS
"""

import sys
import time
import types


def years(number):
    return number * 12


def has_pii(product_spec):
    return any(column.get("pii") for column in product_spec.schema)


def has_access_controls(product_spec):
    return bool(product_spec.access)


def validate_data_product(product_spec):
    violations = []

    # PII must have access controls
    if has_pii(product_spec) and not has_access_controls(product_spec):
        violations.append("PII data requires access controls")

    # Financial data requires 7-year retention
    if product_spec.domain == "finance" and product_spec.retention < years(7):
        violations.append("Financial data requires 7-year retention")

    # All products need quality checks
    if not product_spec.quality_checks:
        violations.append("Quality checks required")

    return violations


def make_product(columns):
    schema = [{"name": f"column_{number}", "type": "STRING"} for number in range(1, columns + 1)]
    schema[-1]["pii"] = True
    return types.SimpleNamespace(
        name="bench.judged", owner="retail-data-team", domain="retail-banking", retention=years(10), schema=schema,
        access=[{"role": "analysts", "level": "read"}], quality_checks=[{"unique": "column_1"}])


def main():
    columns, seconds = int(sys.argv[1]), float(sys.argv[2])
    product = make_product(columns)
    judged, spent, batch = 0, 0.0, range(256)
    start = time.process_time()
    while spent < seconds:
        for _ in batch:
            if validate_data_product(product):
                sys.exit("the document should keep every rule")
        judged += len(batch)
        spent = time.process_time() - start
    print(f"{judged / spent:.1f}")


if __name__ == "__main__":
    main()
