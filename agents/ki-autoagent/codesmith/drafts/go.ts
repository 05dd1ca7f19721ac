import { basename, dirname } from 'node:path/posix';
import type { Part } from '../draft-file.ts';

export function goDraft({ subject, path, role, wish }: Part): string {
  const name = basename(dirname(path)).replaceAll(/[^a-z0-9]/g, '') || 'main';
  if (role === 'test')
    return `package ${name}

import "testing"

func TestRemovedIsGone(t *testing.T) {
	entries := New${subject.name}()
	id := entries.Add("first")
	if !entries.Remove(id) || entries.Len() != 0 {
		t.Fatal("what is removed must be gone")
	}
}
`;
  if (role !== 'module') return `// Package ${name}: ${wish}\npackage ${name}\n`;
  return `// Package ${name}: ${wish}
package ${name}

// ${subject.name} keeps texts by their ids.
type ${subject.name} struct {
	entries map[int]string
	next    int
}

// New${subject.name} is empty.
func New${subject.name}() *${subject.name} {
	return &${subject.name}{entries: map[int]string{}, next: 1}
}

// Add returns the id of the text.
func (s *${subject.name}) Add(text string) int {
	id := s.next
	s.next++
	s.entries[id] = text
	return id
}

// Remove says whether it was there.
func (s *${subject.name}) Remove(id int) bool {
	_, known := s.entries[id]
	delete(s.entries, id)
	return known
}

// Len counts.
func (s *${subject.name}) Len() int {
	return len(s.entries)
}
`;
}
