import type { FlameNode, FlameTree } from '../../model/flame-tree.js';

/** Frames drawn at most: the widest. */
export const SHOWN_FRAMES = 600;
/** Narrower ones, as shares of all, are not worth their place. */
const NARROWEST = 0.0005;

/** A frame in its place: shares of the whole width, and how many frames are above it. */
export interface FlameFrame {
  readonly node: FlameNode;
  readonly from: number;
  readonly width: number;
  readonly depth: number;
  /** Spent in itself and in none of those that it calls. */
  readonly ownShare: number;
}

/** The widest frames of a tree, from the outside in: none is wider than the one it is called by, so no caller is missing. */
export function flameFrames(tree: FlameTree): FlameFrame[] {
  const { root } = tree;
  if (root.value <= 0) return [];
  const found: FlameFrame[] = [];
  const queue: Place[] = [{ node: root, from: 0, depth: 0 }];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    const children = tree.children(place.node);
    found.push(frameOf(place, children, root.value));
    let from = place.from;
    for (const node of children) {
      if (node.value / root.value < NARROWEST) break;
      queue.push({ node, from, depth: place.depth + 1 });
      from += node.value / root.value;
    }
  }
  found.sort((a, b) => b.width - a.width || a.depth - b.depth);
  return found.slice(0, SHOWN_FRAMES).sort((a, b) => a.depth - b.depth || a.from - b.from);
}

type Place = Pick<FlameFrame, 'node' | 'from' | 'depth'>;

function frameOf(place: Place, children: readonly FlameNode[], all: number): FlameFrame {
  const inCalls = children.reduce((sum, { value }) => sum + value, 0);
  return { ...place, width: place.node.value / all, ownShare: Math.max(0, place.node.value - inCalls) / all };
}
