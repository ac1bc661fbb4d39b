/** Names with the scopes around them, loaded where they are asked for or tell types apart. */

export { findTypeByQualifiedName, qualifiedName } from '../../index.ts';
export { spellingsOf } from '../../internal.ts';
