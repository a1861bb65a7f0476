/** What was said and what is said instead; nothing said is told as such. */
export function ChangedWords({ before, after }: { before: string; after: string }) {
  return (
    <>
      {before ? <del>{before}</del> : <span>nothing</span>} → {after ? <ins>{after}</ins> : <span>nothing</span>}
    </>
  );
}
