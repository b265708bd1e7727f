//! The files of the templates.

/// A path in a project, and the content of the file.
type TemplateFile = (&'static str, &'static str);

macro_rules! template {
    ($dir:literal, $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("templates/", $dir, "/", $path)))),*]
    };
}

pub(super) const PYTHON: &[TemplateFile] = template!(
    "python",
    "README.md",
    "pipeline.pipe",
    "pyproject.toml",
    "src/starter/__init__.py",
    "src/starter/steps.py",
    "tests/test_steps.py",
);

pub(super) const GPU_TRAINING: &[TemplateFile] = template!(
    "gpu-training",
    "README.md",
    "pipec.toml",
    "pipeline.pipe",
    "pyproject.toml",
    "src/starter/__init__.py",
    "src/starter/data.py",
    "src/starter/model.py",
    "tests/test_data.py",
);

pub(super) const SQL_DBT: &[TemplateFile] = template!(
    "sql-dbt",
    "README.md",
    "pipec.toml",
    "pipeline.pipe",
    "sql/count_orders.sql",
    "sql/load_orders.sql",
    "tests/test_pipeline.py",
    "transform/dbt_project.yml",
    "transform/models/orders_by_customer.sql",
    "transform/models/schema.yml",
);

pub(super) const FAN_OUT: &[TemplateFile] = template!(
    "fan-out",
    "README.md",
    "pipeline.pipe",
    "pyproject.toml",
    "src/starter/__init__.py",
    "src/starter/load.py",
    "src/starter/merge.py",
    "tests/test_load.py",
);

/// The files of every project. They have other names here, because tools would take them for those of this
/// repository.
pub(super) const COMMON: &[TemplateFile] = &[
    (".gitignore", include_str!("templates/common/gitignore")),
    (".github/workflows/ci.yml", include_str!("templates/common/ci.yml")),
];

/// Names that a project cannot have, or that would shadow others: Python keywords, standard modules, and names of the
/// templates.
pub(super) const TAKEN: &str = "abc aifc and antigravity argparse array as assert ast async asynchat asyncio asyncore atexit audioop await \
    base64 bdb binascii bisect break build builtins bz2 calendar cgi cgitb chunk class cmath cmd code codecs \
    codeop collections colorsys compileall concurrent configparser contextlib contextvars continue copy copyreg \
    crypt csv ctypes curses databricks dataclasses datetime dbm dbt decimal def del difflib dis dist distutils \
    doctest duckdb elif else email encodings ensurepip enum errno except false faulthandler fcntl filecmp \
    fileinput finally fnmatch for fractions from ftplib functools gc genericpath getopt getpass gettext glob \
    global graphlib grp gzip hashlib heapq hmac html http idlelib if imaplib imghdr imp import importlib in \
    inspect io ipaddress is itertools json keyword lambda lib2to3 linecache locale logging lzma mailbox mailcap \
    main marshal marts math mimetypes mmap modulefinder msilib msvcrt multiprocessing netrc nis nntplib none \
    nonlocal not nt ntpath nturl2path numbers numpy opcode operator optparse or os ossaudiodev pass pathlib pdb \
    pickle pickletools pip pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd \
    py_compile pyclbr pydoc pydoc_data pyexpat pyspark pytest queue quopri raise random raw re readline reprlib \
    resource return rlcompleter runpy sched secrets select selectors setuptools shelve shlex shutil signal site \
    smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants sre_parse ssl stat \
    statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile \
    telnetlib tempfile termios test tests textwrap this threading time timeit tkinter token tokenize tomllib \
    trace traceback tracemalloc true try tty turtle turtledemo types typing unicodedata unittest urllib uu uuid \
    venv warnings wave weakref webbrowser wheel while winreg winsound with wsgiref xdrlib xgboost xml xmlrpc \
    yield zipapp zipfile zipimport zlib zoneinfo";
