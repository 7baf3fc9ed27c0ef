"""The reports as pictures: bars from the left, one for each server, on a logarithmic scale.

The SVG is written by hand: it needs no library, differs between two runs only where figures do, and
follows the reader's light or dark theme."""

import math
from xml.sax.saxutils import escape

import workloads

WIDTH = 720
LEFT, RIGHT = 150, 90  # for the servers' names, and for the figure behind the longest bar
ROW, BAR = 22, 14
HEAD, GROUP_HEAD, GROUP_GAP, FOOT = 44, 24, 10, 26

STYLE = """\
text{font:12px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#2b2f36}
.title{font-size:15px;font-weight:600}
.group{font-weight:600}
.faint{fill:#6a717c}
line{stroke:#d5d9df}
.relay{fill:#9aa3af}
.ours{fill:#1f8f6f}
.peer{fill:#c7792b}
.more{opacity:.4}
@media(prefers-color-scheme:dark){
text{fill:#dde1e7}
.faint{fill:#9aa3af}
line{stroke:#3d434d}
.relay{fill:#7d8694}
.ours{fill:#3cb38f}
.peer{fill:#d9954f}
}"""


def colour(server):
    return "relay" if server.startswith("relay") else "ours" if server.startswith("teahouse") else "peer"


def number(value):
    """Two or three digits are enough for a picture."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


class Bar:
    """value is drawn and said; beyond: up to where it goes on paler, a p99 behind a p50."""

    def __init__(self, server, value, beyond=None):
        self.server, self.value, self.beyond = server, value, beyond

    def end(self):
        return max(self.value, self.beyond or 0)


class Scale:
    """From a power of ten, or half of one, below all values to the largest."""

    def __init__(self, bars):
        values = [bar.value for bar in bars]
        lowest = min(values) * 0.8
        power = 10.0 ** math.floor(math.log10(lowest))
        self.low = next(step * power for step in (5, 2, 1) if step * power <= lowest)
        self.high = max(bar.end() for bar in bars) * 1.05

    def x(self, value):
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    def marks(self):
        steps = (1, 2, 5) if self.high / self.low < 300 else (1,)
        first = math.floor(math.log10(self.low))
        every = [step * 10.0 ** power for power in range(first, first + 12) for step in steps]
        return [mark for mark in every if self.low <= mark <= self.high]


def text(x, y, words, kind="", anchor="start"):
    kind = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(words)}</text>'


def draw_bar(bar, scale, y):
    x = scale.x(bar.value)
    middle = y + ROW / 2
    parts = [text(LEFT - 8, middle + 4, bar.server, anchor="end"),
             f'<rect class="{colour(bar.server)}" x="{LEFT}" y="{middle - BAR / 2:.1f}" '
             f'width="{x - LEFT:.1f}" height="{BAR}"/>']
    words = number(bar.value)
    if bar.beyond and bar.beyond > bar.value:
        end = scale.x(bar.beyond)
        parts.append(f'<rect class="{colour(bar.server)} more" x="{x:.1f}" '
                     f'y="{middle - BAR / 2:.1f}" width="{end - x:.1f}" height="{BAR}"/>')
        words, x = f"{words} / {number(bar.beyond)}", end
    parts.append(text(x + 5, middle + 4, words))
    return parts


def picture(title, unit, groups):
    """groups: [(title, [Bar])], all on one scale. unit is said below the marks."""
    scale = Scale([bar for _, bars in groups for bar in bars])
    bottom = HEAD + sum(GROUP_HEAD + ROW * len(bars) + GROUP_GAP for _, bars in groups)
    height = bottom + FOOT
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img">',
             f"<title>{escape(title)}</title>", f"<style>\n{STYLE}\n</style>",
             text(12, 24, title, "title")]
    marks = {mark: scale.x(mark) for mark in scale.marks()}
    parts += [text(x, bottom + 10, f"{mark:g}", "faint", "middle") for mark, x in marks.items()]
    parts.append(text(12, bottom + 10, unit, "faint"))
    y = HEAD
    for group, bars in groups:
        parts.append(text(12, y + 16, group, "group"))
        y += GROUP_HEAD
        parts += [f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y}" y2="{y + ROW * len(bars)}"/>'
                  for x in marks.values()]
        for bar in bars:
            parts += draw_bar(bar, scale, y)
            y += ROW
        y += GROUP_GAP
    return "\n".join([*parts, "</svg>"]) + "\n"


def group(reports, key, figure, beyond=None, divisor=1):
    """The bars of one workload, in the order of its servers; who has no figure has no bar."""
    workload = workloads.find(key)
    bars = []
    for server in workload.servers:
        value = reports.median_or_none(key, server, figure)
        more = reports.median_or_none(key, server, beyond) if beyond else None
        if value is not None and value > 0:
            bars.append(Bar(server, value / divisor, more and more / divisor))
    return str(workload), bars


PICTURES = {
    "cpu.svg": ("CPU per delivery (logarithmic; shorter is better)", "µs", [
        (key, "cpu_us_per_delivery", None, 1) for key in workloads.FANOUTS]),
    "memory.svg": ("Own memory of an idle connection (logarithmic; shorter is better)", "bytes", [
        ("idle", "anonymous_per_client", None, 1)]),
    "storm.svg": ("Seconds until everybody is in (logarithmic; shorter is better)", "s", [
        (key, "seconds", None, 1) for key in ("storm", "cut", "one-room")]),
    "latency.svg": ("Latency, p50 and p99 (logarithmic; shorter is better)", "ms", [
        ("low", "latency_p50_us", "latency_p99_us", 1000),
        ("ping", "ping_p50_us", "ping_p99_us", 1000),
        ("quiet", "echo_p50_us", "echo_p99_us", 1000)]),
}


def write(reports, folder):
    """Those pictures of which anything was measured."""
    for name, (title, unit, wanted) in PICTURES.items():
        groups = [group(reports, *one) for one in wanted]
        groups = [(title, bars) for title, bars in groups if bars]
        if groups:
            (folder / name).write_text(picture(title, unit, groups))
