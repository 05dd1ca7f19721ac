/** The path as a picture. Loaded when it is shown: the libraries behind it are large. */
import {
  BaseEdge,
  Controls,
  EdgeLabelRenderer,
  Handle,
  Position,
  ReactFlow,
  type Edge,
  type EdgeProps,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import '@xyflow/react/dist/base.css';
import './run-graph.css';
import { useMemo } from 'react';
import { stepLooks } from '../step-looks.ts';
import type { Graph, GraphEdge, GraphNode } from './graph-of.ts';
import { numbersText } from './graph-of.ts';
import { nodeSize, placeGraph, smoothPath, type Point } from './place-graph.ts';

type AgentFlowNode = Node<{ node: GraphNode }, 'agent'>;
type PathFlowEdge = Edge<{ edge: GraphEdge; points: Point[]; label: Point }, 'path'>;

function AgentNode({ data: { node } }: NodeProps<AgentFlowNode>) {
  const look = node.status === 'past' ? null : stepLooks[node.status];
  const frame = look?.frame ?? 'border-line';
  const isLive = node.status === 'running' || node.status === 'asking';
  return (
    <div
      className={`flex h-full flex-col items-center justify-center border-2 bg-surface px-3 text-center text-sm ${frame} ${
        node.kind === 'agent' ? 'rounded-lg' : 'rounded-full text-muted'
      }`}
    >
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {isLive && <span aria-hidden="true" className={`run-graph-pulse ${frame}`} />}
      <span className="w-full truncate font-medium">{node.label}</span>
      {node.kind === 'agent' && (
        <span className="w-full truncate text-xs text-muted">
          {node.visits === 1 ? 'once' : `${node.visits} times`}
          {look !== null && ` · ${look.sign} ${look.label}`}
        </span>
      )}
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}

function PathEdge({ id, data, markerEnd = '' }: EdgeProps<PathFlowEdge>) {
  if (data === undefined) return null;
  const { edge, points, label } = data;
  const colour = edge.isNewest ? 'var(--accent)' : 'var(--muted)';
  return (
    <>
      <BaseEdge
        id={id}
        path={smoothPath(points)}
        markerEnd={markerEnd}
        style={{
          stroke: colour,
          strokeWidth: edge.isNewest ? 2 : 1.2,
          strokeDasharray: edge.isDelegation ? '5 4' : undefined,
        }}
      />
      <EdgeLabelRenderer>
        <span
          title={edge.reason}
          className={`pointer-events-auto absolute rounded bg-page px-1 text-xs tabular-nums ${
            edge.isNewest ? 'font-semibold text-accent' : 'text-muted'
          }`}
          style={{ transform: `translate(-50%, -50%) translate(${label.x}px, ${label.y}px)` }}
        >
          {edge.isDelegation ? 'delegates' : numbersText(edge.numbers)}
        </span>
      </EdgeLabelRenderer>
    </>
  );
}

const nodeTypes = { agent: AgentNode };
const edgeTypes = { path: PathEdge };

export default function RunGraph({ graph, onStep }: { graph: Graph; onStep: (step: string) => void }) {
  // The places change with the shape alone, so that nothing jumps while the run goes on.
  const shape = JSON.stringify([
    graph.nodes.map(({ id }) => id),
    graph.edges.map(({ id, numbers }) => [id, numbers.length > 4 ? 5 : numbers.length]),
  ]);
  const placed = useMemo(() => placeGraph(graph), [shape]);
  const nodes = graph.nodes.map((node): AgentFlowNode => ({
    id: node.id,
    type: 'agent',
    data: { node },
    position: placed.nodes.get(node.id) ?? { x: 0, y: 0 },
    ...nodeSize[node.kind],
  }));
  const edges = graph.edges.map((edge): PathFlowEdge => {
    const { points = [], label = { x: 0, y: 0 } } = placed.edges.get(edge.id) ?? {};
    return {
      id: edge.id,
      source: edge.from,
      target: edge.to,
      type: 'path',
      data: { edge, points, label },
      markerEnd: {
        type: 'arrowclosed' as never,
        color: edge.isNewest ? 'var(--accent)' : 'var(--muted)',
        width: 16,
        height: 16,
      },
    };
  });
  return (
    <ReactFlow
      key={shape}
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      fitView
      fitViewOptions={{ maxZoom: 1, padding: 0.06 }}
      minZoom={0.1}
      nodesDraggable={false}
      nodesConnectable={false}
      nodesFocusable={false}
      edgesFocusable={false}
      elementsSelectable={false}
      zoomOnScroll={false}
      preventScrolling={false}
      onNodeClick={(_event, { data }) => data.node.step !== null && onStep(data.node.step)}
      className="run-graph"
    >
      <Controls showInteractive={false} />
    </ReactFlow>
  );
}
