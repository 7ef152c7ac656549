"""How good the answers are, measured on labelled data: `wherefrom eval corpus|reading|linking|verdict`.

An evaluation is a name and a function

    evaluate_NAME(data: Path, options: EvaluationOptions) -> Evaluation

`data` is the user's --data folder; the options carry the split, whether cases are wanted and where progress goes.
The Evaluation (service.evaluation.protocol) holds

- `golds`: the sha256 of each labelled set that was scored, by the set's name ("measeval/eval");
- `measures`: {"set.what.measure": Measure(value, n, interval, ...)}, the value in [0, 1], with a 95% bootstrap
  interval of a fixed seed over the set's own units (documents, sentences), and what a peer reaches on the same rows;
- `cases`: one mapping for each row that is wrong (or each row, where the options ask for all);
- `issues`: what could not be read (file and line), which sets are absent: the rest is scored nevertheless.

Shared parts: `protocol` (the values above), `scores` (F1, shares, bootstrap), `floors` (bounds pinned with the
hash of the gold), `files` (JSON lines and hashes, faults as issues). `service.commands.evaluation` prints any
Evaluation as a table or as JSON; a new one needs a module here, an entry in `protocol.EVALUATIONS` and a verb in
`service.cli`. `corpus` is older than the protocol and returns a nested mapping, since it scores the whole line.
"""
