"""What came out: the reports of all runs, by workload and server."""

import json
import statistics


class Missing(Exception):
    """A figure that nobody measured; the text says which."""


class Reports:
    def __init__(self):
        self.reports = {}  # (workload's key, server's name): [report]
        self.failures = []  # (server's name, workload's title, why)
        self.foreign = []  # cores that were busy with something else, a number for each run

    def add(self, workload, server, report):
        self.reports.setdefault((workload, server), []).append(report)

    def values(self, workload, server, figure):
        return [report[figure] for report in self.reports.get((workload, server), [])
                if figure in report]

    def median(self, workload, server, figure):
        values = self.values(workload, server, figure)
        if not values:
            raise Missing(f"{figure} of {server} in {workload}")
        return statistics.median(values)

    def median_or_none(self, workload, server, figure):
        try:
            return self.median(workload, server, figure)
        except Missing:
            return None

    def save(self, path):
        path.write_text(json.dumps({
            "reports": [[*key, reports] for key, reports in self.reports.items()],
            "failures": self.failures,
            "foreign": self.foreign,
        }, indent=1) + "\n")
