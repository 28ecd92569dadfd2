import { right, wrong, type Parsed } from '../setting.ts';

/** The address of a Postgres database. What it says in detail is read where it is used; here it must be one at all. */
export function parseDatabaseUrl(text: string): Parsed<string> {
  return /^postgres(?:ql)?:$/.test(URL.parse(text)?.protocol ?? '')
    ? right(text)
    : wrong(
        'the address of a Postgres database, such as postgres://USER:PASSWORD@HOST:5432/DATABASE, with / @ : # ? and % of a password as %HH',
      );
}
