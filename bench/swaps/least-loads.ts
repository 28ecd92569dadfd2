/**
 * The fewest loads for each answer that any order of loads can need, for clients that each wait for one answer and then choose one of three models at random,
 * with memory for one model. By value iteration: a state is how many clients wait for the model in memory and for each of the two others; a move answers one of
 * those who wait, after a load if it is for another model; then that client chooses anew.
 */
export function leastLoads(clients: number): number {
  let [low, high] = [0, 1];
  for (let round = 0; round < ROUNDS; round += 1) {
    const loadsAnswer = (low + high) / 2;
    if (isTooFew(clients, loadsAnswer)) low = loadsAnswer;
    else high = loadsAnswer;
  }
  return (low + high) / 2;
}

const ROUNDS = 24;
const SWEEPS = 600;

/** Whether even the best order loses if each answer earns as much as so many loads cost. */
function isTooFew(clients: number, loadsAnswer: number): boolean {
  const places = clients + 1;
  const at = (here: number, other: number): number => here * places + other;
  let values = new Float64Array(places * places);
  let drift = 0;
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const next = new Float64Array(values.length);
    const answer = (here: number, one: number): number => {
      if (here === 0) return Number.POSITIVE_INFINITY;
      const [stays, toOne, toTwo] = [values[at(here, one)] ?? 0, values[at(here - 1, one + 1)] ?? 0, values[at(here - 1, one)] ?? 0];
      return (stays + toOne + toTwo) / 3 - loadsAnswer;
    };
    for (let here = 0; here <= clients; here += 1) {
      for (let one = 0; one <= clients - here; one += 1) {
        const two = clients - here - one;
        const best = Math.min(answer(here, one), 1 + answer(one, here), 1 + answer(two, here));
        next[at(here, one)] = 0.5 * best + 0.5 * (values[at(here, one)] ?? 0);
      }
    }
    drift = next[at(clients, 0)] ?? 0;
    values = next.map((value) => value - drift);
  }
  return drift > 0;
}
