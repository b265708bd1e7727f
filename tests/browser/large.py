"""Writes a pipeline of 300 steps with edges of all kinds. Usage: large.py FILE"""

import random
import sys

random.seed(3)
lines = [
    'cluster a {\n  spark_version = "15.4.x-scala2.12"\n  node_type_id = "i3.xlarge"\n  num_workers = 2\n}\n',
    "cluster b extends a { num_workers = 4 }\n",
    "pipeline large on a {\n",
]
names: list[str] = []
for number in range(280):
    before = random.sample(names[-30:], random.choice([0, 1, 1, 2, 2])) if number > 5 else []
    order = before[:1] if random.random() < 0.4 else []
    values = ", ".join(f"a{k} = {step}.rows" for k, step in enumerate(before[len(order):]))
    head = f"step step_{number:03}{' on b' if number % 7 == 0 else ''}{' after ' + order[0] if order else ''}"
    lines.append(f'  {head} {{\n    notebook "/work/{number}"({values})\n    output rows: int\n  }}\n')
    names.append(f"step_{number:03}")
lines.append('  step part[n in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]] after step_100 {\n    notebook "/part"(n = n)\n  }\n')
for number in range(5):
    lines.append(f"  if check_{number}: step_{150 + number}.rows > 0 {{\n    step yes_{number} {{\n      notebook \"/yes\"\n    }}\n  }}\n")
lines.append("}\n")
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write("".join(lines))
