"""Texts that once cost more than their size, or could: one function per kind, from a number of repetitions to a text.

`pipe` kinds are programs; the others are inputs of `pipec import`, files beside a program, or Python source.
"""

import random


def unclosed_blocks(n):
    return "".join(f'cluster c{i} {{\n  spark_conf {{\n    a = "b"\n' for i in range(n))


def unclosed_steps(n):
    return "pipeline p {\n  step load {\n    on ml {\n" * n


def unclosed_one_line(n):
    return "a {" * 60 + "x = 1 }" * n


def broken_nests(n):
    # Each level is balanced, and followed by text that ends no entry.
    return ("let x = { " * 12 + "a = 1 " + "} junk" * 12 + "\n") * n


def broken_calls(n):
    return ("run foo(x = { " * 12 + "a = 1 " + "}) junk" * 12 + "\n") * n


def broken_headers(n):
    return ("step s on e({ " * 12 + "a = 1 " + "}) : " * 12 + "\n") * n


def broken_families(n):
    return ("step s[x in [{ " * 12 + "a = 1 " + "}]] junk" * 12 + "\n") * n


def unknown_blocks(n):
    return ("blokk b {\n" * 12 + "a = 1\n" + "}\n" * 12) * n


def comment_lines(n):
    return "# a comment\n" * n + "pipeline p { step a { notebook \"/a\" } }\n"


def doc_comments(n):
    return "## a line\n" * n + "pipeline p { step a { notebook \"/a\" } }\n"


def blank_lines(n):
    return "pipeline p { step a { notebook \"/a\" } }\n" + "\n" * n + "let x = 1\n"


def nul_bytes(n):
    return "\0" * n


def scattered_controls(n):
    return "a\0 = 1\n" * n


def stray_braces(n):
    return "}\n" * n


def early_braces(n):
    return "a {}\n" * n + "}\n" * n


def braces_on_one_line(n):
    return "a {} " * n + "\n" * n + "}" * n


def brackets_on_one_line(n):
    return "x = [" * 30 + "1, " * n


def unclosed_strings(n):
    return 'a = "b\n' * n


def escapes(n):
    return 'let a = "' + "\\n" * n + '"\n'


def interpolations(n):
    return 'let a = "' + "${" * n + '"\n'


def multi_line(n):
    return 'let a = """\n' + "  text \\t ${x}\n" * n + '"""\n'


def lone_quotes(n):
    return 'x """\\"""\n' * n


def backticks(n):
    return "`a` ` {\n" * n


def dedents(n):
    return "a {\n    b {\nc = 1\n" * n


def long_list(n):
    return "let xs = [" + ", ".join(f'"{i}"' for i in range(n)) + "]\n"


def misspelled_names(n):
    steps = "".join(f"  step load_{i:05} {{ notebook \"/a\" }}\n" for i in range(n))
    wrong = "".join(f"  step use_{i:05} after laod_{i:05} {{ notebook \"/a\" }}\n" for i in range(n))
    return f"pipeline p {{\n{steps}{wrong}}}\n"


def misspelled_fields(n):
    return "pipeline p {\n" + "".join(f"  max_concurent_runs{i} = 1\n" for i in range(n)) + "}\n"


def cycle(n):
    steps = "".join(f"  step s{i} after s{(i + 1) % n} {{ notebook \"/a\" }}\n" for i in range(n))
    return f"pipeline p {{\n{steps}}}\n"


def chain(n):
    steps = "".join(f"  step s{i}{f' after s{i - 1}' if i else ''} {{ notebook \"/a\" }}\n" for i in range(n))
    return f"pipeline p {{\n{steps}}}\n"


def twins(n):
    return "pipeline p {\n" + "  step s { notebook \"/a\" }\n" * n + "}\n"


def families(n):
    items = ", ".join(f'"{i}"' for i in range(1000))
    steps = "".join(f"  step f{i}[x in xs] {{ notebook \"/a\" }}\n" for i in range(n))
    return f"let xs = [{items}]\npipeline p {{\n{steps}}}\n"


def constants(n):
    first = 'let a0 = "x"\n'
    return first + "".join(f'let a{i} = "${{a{i - 1}}}${{a{i - 1}}}"\n' for i in range(1, n))


def nested_brackets(n):
    rng = random.Random(n)
    words = ["a {\n", "}\n", "[", "]", "(", ")", "step s {\n", "x = ", '"', "`", "#", "\n", "if c: a == b {\n", "else {", ",", "run p(", "on ", "for f: x in "]
    return "".join(rng.choice(words) for _ in range(n))


def overrides(n):
    return "".join(f"cluster c{i} extends c{i + 1} {{ num_workers = 1 }}\n" for i in range(n))


def many_targets(n):
    steps = "".join(f"  step s{i} {{ notebook \"/a\" }}\n" for i in range(n))
    return "".join(f"target t{i} {{}}\n" for i in range(n)) + f"pipeline p {{\n{steps}}}\n"


def families_of_pipelines(n):
    items = ", ".join(f'"{i}"' for i in range(900))
    return f"let xs = [{items}]\n" + "".join(f"pipeline p{i} {{ step f[x in xs] {{ notebook \"/a\" }} }}\n" for i in range(n))


def defaults(n):
    mails = ", ".join(f'"{i}@example.org"' for i in range(n))
    steps = "".join(f"  step s{i} {{ notebook \"/a\" }}\n" for i in range(n))
    return f"pipeline p {{\n  defaults {{ email_notifications {{ on_failure = [{mails}] }} }}\n{steps}}}\n"


def shared_cluster(n):
    conf = "\n".join(f'    "spark.key{i}" = "v"' for i in range(n))
    cluster = f'cluster c {{\n  spark_version = "15.4.x-scala2.12"\n  node_type_id = "m5.large"\n  num_workers = 1\n  spark_conf {{\n{conf}\n  }}\n}}\n'
    return cluster + "".join(f"pipeline p{i} on c {{ step a {{ notebook \"/a\" }} }}\n" for i in range(n))


def growing_extends(n):
    return "cluster c0 { num_workers = 1 }\n" + "".join(
        f'cluster c{i} extends c{i - 1} {{ spark_conf {{ "k{i}" = "v" }} }}\n' for i in range(1, n)
    )


def long_text_often(n):
    return 'let a = "' + "x" * n + '"\nlet b = "' + "${a}" * (n // 4) + '"\npipeline p { step s { notebook "/a"(x = b) } }\n'


def many_dependencies(n):
    names = ", ".join(f"s{i}" for i in range(n))
    steps = "".join(f"  step s{i} {{ notebook \"/a\" }}\n" for i in range(n))
    return f"pipeline p {{\n{steps}  step last after {names} {{ notebook \"/a\" }}\n}}\n"


def many_params(n):
    params = "".join(f'  param p{i}: string = "x"\n' for i in range(n))
    uses = ", ".join(f"a{i} = p{i}" for i in range(n))
    return f"pipeline p {{\n{params}  step s {{ notebook \"/a\"({uses}) }}\n}}\n"


def unknown_computes(n):
    clusters = "".join(f"cluster c{i} {{ num_workers = 1 }}\n" for i in range(n))
    return clusters + "pipeline p {\n" + "".join(f"  step s{i} on cc{i} {{ notebook \"/a\" }}\n" for i in range(n)) + "}\n"


# Texts that multiply up to a limit: at most a gigabyte, whatever their size.
MULTIPLY = {
    f.__name__: f for f in [families, many_targets, families_of_pipelines, defaults, shared_cluster, long_text_often]
}

PIPE = {
    f.__name__: f
    for f in [
        unclosed_blocks, unclosed_steps, unclosed_one_line, broken_nests, broken_calls, broken_headers, broken_families,
        unknown_blocks, comment_lines, doc_comments, blank_lines, nul_bytes, scattered_controls, stray_braces, early_braces,
        braces_on_one_line, brackets_on_one_line, unclosed_strings, escapes, interpolations, multi_line, lone_quotes,
        backticks, dedents, long_list, misspelled_names, misspelled_fields, cycle, chain, twins, constants, nested_brackets,
        overrides, growing_extends, many_dependencies, many_params, unknown_computes,
    ]
}  # fmt: skip
