import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Graph, GraphNode } from './graph-of.ts';
import { nodeSize, placeGraph, smoothPath } from './place-graph.ts';

const node = (id: string): GraphNode => ({ id, kind: 'agent', label: id, visits: 1, status: 'past', step: null });

test('whatever leads to whatever, no node lies on another and every way has a line and a label', () => {
  const graphs = fc.integer({ min: 1, max: 9 }).chain((count) =>
    fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 14 }).map((pairs): Graph => ({
      nodes: Array.from({ length: count }, (_, index) => node(`n${index}`)),
      edges: pairs.map(([from, to], index) => ({
        id: `e${index}`,
        from: `n${from}`,
        to: `n${to}`,
        numbers: [index + 1],
        reason: '',
        isDelegation: index % 3 === 0,
        isNewest: false,
      })),
    })),
  );
  fc.assert(
    fc.property(graphs, (graph) => {
      const placed = placeGraph(graph);
      const corners = [...placed.nodes.values()];
      corners.forEach((a, index) => {
        for (const b of corners.slice(index + 1)) {
          const apart = Math.abs(a.x - b.x) >= nodeSize.agent.width || Math.abs(a.y - b.y) >= nodeSize.agent.height;
          expect(apart).toBe(true);
        }
      });
      for (const { id } of graph.edges) {
        const edge = placed.edges.get(id);
        expect(edge?.points.length).toBeGreaterThan(1);
        expect([edge?.label.x, edge?.label.y].every(Number.isFinite)).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('a way from a node to itself leads around it, and two of them apart', () => {
  const loop = { from: 'a', to: 'a', numbers: [2], reason: '', isNewest: false };
  const edges = [
    { ...loop, id: 'path', isDelegation: false },
    { ...loop, id: 'delegation', isDelegation: true },
  ];
  const { nodes, edges: ways } = placeGraph({ nodes: [node('a')], edges });
  const right = (nodes.get('a')?.x ?? 0) + nodeSize.agent.width;
  for (const { id } of edges) {
    const { points = [], label } = ways.get(id) ?? {};
    expect([points[0]?.x, points.at(-1)?.x]).toEqual([right, right]);
    expect(label?.x).toBeGreaterThan(right);
  }
  expect(Math.abs((ways.get('path')?.label.x ?? 0) - (ways.get('delegation')?.label.x ?? 0))).toBeGreaterThan(40);
});

test('a line begins at the first point and ends at the last', () => {
  const path = smoothPath([
    { x: 0, y: 0 },
    { x: 10, y: 10 },
    { x: 20, y: 0 },
  ]);
  expect(path).toBe('M0,0Q10,10 15,5L20,0');
  expect(smoothPath([])).toBe('');
});
