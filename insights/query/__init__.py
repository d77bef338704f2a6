"""A question and its answer: parse -> plan -> SQL -> run -> answer. All but run are pure."""
