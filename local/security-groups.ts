import type { Stack } from './stack.ts';

/** One rule, as the template writes it in a group or as a resource of its own. */
interface Rule {
  readonly IpProtocol?: string | number;
  readonly FromPort?: string | number;
  readonly ToPort?: string | number;
  readonly CidrIp?: string;
  readonly SourceSecurityGroupId?: string;
  readonly DestinationSecurityGroupId?: string;
  readonly DestinationPrefixListId?: string;
}

/** The other end of a connection. */
export interface Peer {
  readonly securityGroupIds: readonly string[];
  /** Where its addresses lie; a rule by address must hold all of them. */
  readonly cidrs: readonly string[];
  /** Whether a list of addresses that AWS keeps stands for it. */
  readonly isPrefixList?: boolean;
}

type Direction = 'Ingress' | 'Egress';

/**
 * Which connections the template's security groups let through. Source: "Security group rules" of the VPC user guide.
 * A group that the template doesn't make is not known, and lets everything through.
 */
export class SecurityGroups {
  readonly #rules: Readonly<Record<Direction, ReadonlyMap<string, readonly Rule[]>>>;

  constructor(stack: Stack) {
    this.#rules = { Ingress: rulesByGroup(stack, 'Ingress'), Egress: rulesByGroup(stack, 'Egress') };
  }

  /** Whether one of the groups lets a TCP connection to one of the ports out. */
  letOut(groupIds: readonly string[], ports: readonly number[], to: Peer): boolean {
    return this.#let('Egress', groupIds, ports, to);
  }

  /** Whether one of the groups lets a TCP connection to one of the ports in. */
  letIn(groupIds: readonly string[], ports: readonly number[], from: Peer): boolean {
    return this.#let('Ingress', groupIds, ports, from);
  }

  #let(direction: Direction, groupIds: readonly string[], ports: readonly number[], peer: Peer): boolean {
    return groupIds.some((id) => {
      const rules = this.#rules[direction].get(id);
      return !rules || rules.some((rule) => ports.some((port) => hasPort(rule, port)) && isAbout(rule, peer));
    });
  }
}

function rulesByGroup(stack: Stack, direction: Direction): Map<string, readonly Rule[]> {
  const apart = stack.resources(`AWS::EC2::SecurityGroup${direction}`).map((rule) => stack.properties(rule));
  return new Map(
    stack.resources('AWS::EC2::SecurityGroup').map((group) => {
      const id = stack.attribute(group, 'GroupId');
      const own = stack.property(group, `SecurityGroup${direction}`) as readonly Rule[] | undefined;
      // A new group lets everything out until the template says what.
      const byDefault = direction === 'Egress' && own === undefined ? [EVERYWHERE] : [];
      return [id, [...(own ?? byDefault), ...(apart.filter(({ GroupId }) => GroupId === id) as Rule[])]];
    }),
  );
}

const EVERYWHERE: Rule = { IpProtocol: '-1', CidrIp: '0.0.0.0/0' };

function hasPort({ IpProtocol, FromPort, ToPort }: Rule, port: number): boolean {
  const protocol = String(IpProtocol);
  if (protocol === '-1') return true;
  return (protocol === 'tcp' || protocol === '6') && Number(FromPort) <= port && port <= Number(ToPort);
}

function isAbout(rule: Rule, { securityGroupIds, cidrs, isPrefixList = false }: Peer): boolean {
  const group = rule.SourceSecurityGroupId ?? rule.DestinationSecurityGroupId;
  if (group !== undefined) return securityGroupIds.includes(group);
  if (rule.DestinationPrefixListId !== undefined) return isPrefixList;
  const range = rule.CidrIp;
  return range !== undefined && cidrs.length > 0 && cidrs.every((cidr) => contains(range, cidr));
}

/** Whether a range of IPv4 addresses, such as `10.0.0.0/16`, holds another. */
export function contains(range: string, other: string): boolean {
  const [outer, inner] = [parseCidr(range), parseCidr(other)];
  const size = 2 ** (32 - outer.bits);
  return outer.bits <= inner.bits && Math.floor(outer.address / size) === Math.floor(inner.address / size);
}

function parseCidr(text: string): { address: number; bits: number } {
  const [address = '', bits = '32'] = text.split('/');
  return {
    address: address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
    bits: Number(bits),
  };
}
