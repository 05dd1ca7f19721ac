/** Who has signed in, and what the role may do. */
import { useQuery } from '@tanstack/react-query';
import { client } from './client.ts';

export function useMe() {
  const { data: me, error } = useQuery({ queryKey: ['me'], queryFn: ({ signal }) => client.me({ signal }) });
  const has = (role: string) => me?.roles.includes(role) === true;
  return { me, error, isOps: has('ops'), mayStart: has('ops') || has('client') };
}
