import type { Part } from '../draft-file.ts';

export function rustDraft({ subject, role, wish }: Part): string {
  if (role === 'entry')
    return `//! ${wish}

mod ${subject.slug.replaceAll('-', '_')};

fn main() {
    let mut entries = ${subject.slug.replaceAll('-', '_')}::${subject.name}::default();
    for text in std::env::args().skip(1) {
        println!("{}", entries.add(text));
    }
}
`;
  if (role !== 'module') return `//! ${wish}\n`;
  return `//! ${wish}

use std::collections::BTreeMap;

#[derive(Default)]
pub struct ${subject.name} {
    entries: BTreeMap<u64, String>,
    next: u64,
}

impl ${subject.name} {
    pub fn add(&mut self, text: String) -> u64 {
        self.next += 1;
        self.entries.insert(self.next, text);
        self.next
    }

    pub fn remove(&mut self, id: u64) -> bool {
        self.entries.remove(&id).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_removed_is_gone() {
        let mut entries = ${subject.name}::default();
        let id = entries.add("first".into());
        assert!(entries.remove(id));
        assert!(!entries.remove(id));
    }
}
`;
}
