"""Reports: a Run, and the gate's verdict on it, as text for people and machines.

One module a format, each with `render(run, *, gate=None, baseline=None, rules=None) -> str`; nothing is recomputed. The
JSON report is the run itself (`quality.runs.run_text`). Reports do not know the other workers: the verdict, the table
of rules and the baseline are passed in.
"""
