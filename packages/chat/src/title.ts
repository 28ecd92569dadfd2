const MAX_LENGTH = 60;

/** A title from the first words of a question: one line, at most 60 characters, ending at a word, with an ellipsis if it was cut. */
export function toTitle(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
  const characters = [...line];
  if (characters.length <= MAX_LENGTH) return line;
  const cut = characters.slice(0, MAX_LENGTH - 1);
  const border = characters[MAX_LENGTH - 1] === ' ' ? cut.length : cut.lastIndexOf(' ');
  return `${(border > 0 ? cut.slice(0, border) : cut).join('').trimEnd()}…`;
}
