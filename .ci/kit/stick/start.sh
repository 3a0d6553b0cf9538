#!/bin/sh
# Install the kit beside this file without a network, and open its notebooks: sh start.sh
# PYTHON=/path/to/python names the Python to use.
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
seen=""
for name in "${PYTHON:-}" python@PYTHON@ python3 python; do
    [ -n "$name" ] || continue
    # A name may be on the path and start nothing: only an answer counts.
    version=$("$name" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if [ "$version" = "@PYTHON@" ]; then
        exec "$name" "$here/start.py" "$@"
    fi
    seen="$seen${seen:+, }$name is $version"
done
echo "This kit needs Python @PYTHON@, and ${seen:-no Python was found}: install Python @PYTHON@" \
    "(https://www.python.org), or name it: PYTHON=/path/to/python@PYTHON@ sh start.sh" >&2
exit 2
