lock:
	uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-header -q pyproject.toml -o requirements.txt
