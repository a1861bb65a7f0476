interface HastNode {
  type: string;
  value?: string;
  children?: HastNode[];
}

/** A rehype plugin: HTML in the source becomes the text it is, instead of being dropped by the sanitizer. */
export function rawHtmlAsText() {
  return (tree: HastNode) => convert(tree);
}

function convert(node: HastNode): void {
  if (node.type === 'raw') node.type = 'text';
  node.children?.forEach(convert);
}
