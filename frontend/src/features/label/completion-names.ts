/** What a completion is called on the screen: by its side, or by its number among several. */
export function completionName(index: number, count: number): string {
  return count > 2 ? `Completion ${index + 1}` : index === 0 ? 'Left' : 'Right';
}
