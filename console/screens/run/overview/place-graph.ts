/** Where nodes and ways of a graph stand, in pixels. Pure. */
import { Graph as Dagre, layout } from '@dagrejs/dagre';
import { numbersText, type Graph } from './graph-of.ts';

export interface Point {
  x: number;
  y: number;
}

export interface PlacedEdge {
  points: Point[];
  label: Point;
}

export interface Placed {
  /** Top left corners, by node. */
  nodes: Map<string, Point>;
  /** By way: the points that it leads through, and the middle of its label. */
  edges: Map<string, PlacedEdge>;
  width: number;
  height: number;
}

export const nodeSize = {
  agent: { width: 190, height: 56 },
  start: { width: 84, height: 32 },
  end: { width: 120, height: 32 },
};
const labelHeight = 20;
/** Of a character of a label, at most. */
const characterWidth = 7;

/** Ways from a node to itself lead around its right side; so much room is left there, for each. */
const loopWidth = 64;

export function placeGraph({ nodes, edges: all }: Graph): Placed {
  const [edges, loops] = [all.filter(({ from, to }) => from !== to), all.filter(({ from, to }) => from === to)];
  const roomOf = (id: string) => loops.filter(({ from }) => from === id).length * loopWidth;
  const graph = new Dagre({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ranksep: 34, nodesep: 44, edgesep: 24, marginx: 12, marginy: 12 });
  for (const { id, kind } of nodes) {
    const { width, height } = nodeSize[kind];
    // On both sides, so that its other ways still meet it in the middle.
    graph.setNode(id, { width: width + 2 * roomOf(id), height });
  }
  for (const { id, from, to, numbers, isDelegation } of edges) {
    const text = isDelegation ? 'delegates' : numbersText(numbers);
    graph.setEdge(
      from,
      to,
      { width: text.length * characterWidth + 12, height: labelHeight, labelpos: 'c', minlen: 1 },
      id,
    );
  }
  layout(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    nodes: new Map(
      nodes.map(({ id, kind }) => {
        const { x = 0, y = 0 } = graph.node(id) as Partial<Point>;
        return [id, { x: x - nodeSize[kind].width / 2, y: y - nodeSize[kind].height / 2 }];
      }),
    ),
    edges: new Map([
      ...edges.map(({ id, from, to }): [string, PlacedEdge] => {
        const { points = [], x = 0, y = 0 } = graph.edge(from, to, id) as { points?: Point[] } & Partial<Point>;
        return [id, { points, label: { x, y } }];
      }),
      ...loops.map(({ id, from }, index): [string, PlacedEdge] => {
        const before = loops.slice(0, index).filter((other) => other.from === from).length;
        return [id, loopAt(graph.node(from) as Point, before)];
      }),
    ]),
    width,
    height,
  };
}

/** `before`: how many lead around the same node already. */
function loopAt({ x, y }: Point, before: number): PlacedEdge {
  const edge = x + nodeSize.agent.width / 2;
  const far = edge + 40 + before * loopWidth;
  const [near, wide] = [8 + before * 6, 22 + before * 8];
  const points = [
    { x: edge, y: y - near },
    { x: far, y: y - wide },
    { x: far, y: y + wide },
    { x: edge, y: y + near },
  ];
  return { points, label: { x: far - 6, y } };
}

/** A smooth line through the points, for an SVG path. */
export function smoothPath(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    // Each inner point bends the line; it passes half way between two of them.
    path +=
      next === undefined
        ? `L${point.x},${point.y}`
        : `Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  });
  return path;
}
