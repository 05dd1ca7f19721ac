import { basename } from 'node:path/posix';
import type { Part } from '../draft-file.ts';

export function pythonDraft({ subject, path, paths, role, wish }: Part): string {
  const file = `${subject.slug.replaceAll('-', '_')}.py`;
  const module = paths.find((other) => basename(other) === file && !other.startsWith('tests/'));
  const doc = `"""${wish.replaceAll('\\', ' ').replaceAll('"', "'")}"""\n\n`;
  if (role === 'module' || module === undefined || module === path)
    return `${doc}from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    id: int
    text: str


class ${subject.name}:
    def __init__(self) -> None:
        self._entries: dict[int, Entry] = {}
        self._next = 1

    def add(self, text: str) -> Entry:
        if not text.strip():
            raise ValueError("an entry needs a text")
        entry = Entry(self._next, text)
        self._entries[entry.id] = entry
        self._next += 1
        return entry

    def list(self) -> "list[Entry]":
        return [*self._entries.values()]

    def remove(self, id: int) -> bool:
        return self._entries.pop(id, None) is not None
`;
  const imported = `from ${module.replace(/\.py$/, '').replaceAll('/', '.')} import ${subject.name}\n`;
  if (role === 'test')
    return `import pytest

${imported}

def test_what_is_removed_is_gone():
    entries = ${subject.name}()
    entry = entries.add("first")
    assert entries.remove(entry.id)
    assert entries.list() == []


def test_an_entry_without_a_text_is_refused():
    with pytest.raises(ValueError):
        ${subject.name}().add(" ")
`;
  return `${doc}import sys

${imported}

def main() -> None:
    entries = ${subject.name}()
    for text in sys.argv[1:]:
        print(entries.add(text))


if __name__ == "__main__":
    main()
`;
}
