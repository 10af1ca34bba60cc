import { LOCAL_ACCOUNT, LOCAL_REGION } from './account.ts';
import type { RoleAccess } from './iam.ts';
import { type Peer, SecurityGroups } from './security-groups.ts';
import type { Stack } from './stack.ts';
import type { Resource } from './template.ts';

/** Where something in a VPC is. */
interface Placement {
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
}

/** Thrown at the start for a network that AWS would not deploy, or that can't be told apart here. */
export class UnsupportedNetwork extends Error {
  override readonly name = 'UnsupportedNetwork';
}

/** The AWS APIs' own port. */
const HTTPS = 443;
/** Ports of a serverless cache. Source: "Get started with Valkey serverless cache" of the ElastiCache user guide. */
const CACHE_PORTS = [6379, 6380];

const NETWORK_INTERFACE = `arn:aws:ec2:${LOCAL_REGION}:${LOCAL_ACCOUNT}:network-interface/eni-local`;

/** What the role of a function in a VPC must be allowed, and on what. */
const INTERFACE_ACTIONS = {
  'ec2:CreateNetworkInterface': NETWORK_INTERFACE,
  'ec2:DescribeNetworkInterfaces': '*',
  'ec2:DeleteNetworkInterface': NETWORK_INTERFACE,
};

/**
 * What functions reach from where the template puts them. One in a VPC reaches AWS APIs through a VPC endpoint and a
 * cache in the same VPC, both if routes and security groups let it; one outside reaches every AWS API and no cache.
 * Callers are known by their roles. Subnets that the template doesn't make are not known, so nothing is kept from
 * a function in them.
 */
export class Network {
  readonly #stack: Stack;
  readonly #access: RoleAccess;
  readonly #groups: SecurityGroups;
  /** Of the functions by their role's logical id; undefined for one outside. */
  readonly #placements = new Map<string, readonly (Placement | undefined)[]>();

  /** @throws UnsupportedNetwork */
  constructor(stack: Stack, access: RoleAccess) {
    this.#stack = stack;
    this.#access = access;
    this.#groups = new SecurityGroups(stack);
    for (const resource of stack.resources('AWS::Lambda::Function')) {
      if (resource.properties.Role === undefined) continue;
      const role = access.roleOf(resource.logicalId);
      const placement = placementOf(stack.property(resource, 'VpcConfig'));
      if (placement) this.#checkRole(role, resource);
      this.#placements.set(role, [...(this.#placements.get(role) ?? []), placement]);
    }
    for (const [role, placements] of this.#placements) {
      if (new Set(placements.map((placement) => placement === undefined)).size > 1) {
        throw new UnsupportedNetwork(
          `Functions inside and outside of a VPC share the role ${role}: the local cloud can't tell their calls apart.`,
        );
      }
    }
  }

  /**
   * Whether the holder of an access key reaches an AWS API; one that is no role's of a function reaches all.
   *
   * @param service as in the name of its VPC endpoint, such as `dynamodb`
   */
  reachesApi(accessKeyId: string, service: string): boolean {
    return this.#placementsOf(accessKeyId).every(
      (placement) => placement === undefined || this.#reachesApi(placement, service),
    );
  }

  /**
   * Whether the holder of an access key reaches a cache of the template.
   *
   * @param port at which the local cloud serves it, for rules that name it by the cache's attribute
   */
  reachesCache(accessKeyId: string, cache: Resource, port: number): boolean {
    const placements = this.#placementsOf(accessKeyId);
    return (
      placements.length > 0 &&
      placements.every((placement) => placement !== undefined && this.#reachesCache(placement, cache, port))
    );
  }

  #placementsOf(accessKeyId: string): readonly (Placement | undefined)[] {
    return this.#placements.get(this.#access.roleOfAccessKey(accessKeyId) ?? '') ?? [];
  }

  #reachesApi(placement: Placement, service: string): boolean {
    const subnets = this.#subnets(placement);
    if (!subnets) return true;
    const name = `com.amazonaws.${LOCAL_REGION}.${service}`;
    return this.#stack
      .resources('AWS::EC2::VPCEndpoint')
      .filter((endpoint) => this.#stack.property(endpoint, 'ServiceName') === name)
      .some((endpoint) =>
        (this.#stack.property(endpoint, 'VpcEndpointType') ?? 'Gateway') === 'Gateway'
          ? this.#reachesGateway(placement, subnets, endpoint)
          : this.#reachesInterface(placement, subnets, endpoint),
      );
  }

  /** By a route to the service's public addresses, which the subnets' route tables get from the endpoint. */
  #reachesGateway(
    { securityGroupIds }: Placement,
    subnets: readonly Resource[],
    endpoint: Resource,
  ): boolean {
    const routeTableIds = this.#texts(endpoint, 'RouteTableIds');
    const associations = this.#stack
      .resources('AWS::EC2::SubnetRouteTableAssociation')
      .map((association) => this.#stack.properties(association));
    const isRouted = (subnet: Resource) =>
      associations.some(
        ({ SubnetId, RouteTableId }) =>
          SubnetId === this.#stack.attribute(subnet, 'Ref') && routeTableIds.includes(String(RouteTableId)),
      );
    const service: Peer = { securityGroupIds: [], cidrs: ['0.0.0.0/0'], isPrefixList: true };
    return subnets.every(isRouted) && this.#groups.letOut(securityGroupIds, [HTTPS], service);
  }

  /** By an address within the VPC, which the service's name stands for there. */
  #reachesInterface(placement: Placement, subnets: readonly Resource[], endpoint: Resource): boolean {
    const vpcId = this.#stack.property(endpoint, 'VpcId');
    return (
      this.#stack.property(endpoint, 'PrivateDnsEnabled') === true &&
      subnets.every((subnet) => this.#stack.property(subnet, 'VpcId') === vpcId) &&
      this.#letThrough(placement, subnets, endpoint, [HTTPS])
    );
  }

  #reachesCache(placement: Placement, cache: Resource, port: number): boolean {
    const subnets = this.#subnets(placement);
    if (!subnets) return true;
    const vpcIds = [...subnets, ...(this.#subnets(this.#placedAs(cache)) ?? [])].map((subnet) =>
      this.#stack.property(subnet, 'VpcId'),
    );
    return new Set(vpcIds).size === 1 && this.#letThrough(placement, subnets, cache, [...CACHE_PORTS, port]);
  }

  #letThrough(
    placement: Placement,
    subnets: readonly Resource[],
    target: Resource,
    ports: readonly number[],
  ): boolean {
    const there = this.#placedAs(target);
    return (
      this.#groups.letOut(placement.securityGroupIds, ports, this.#peer(there, this.#subnets(there) ?? [])) &&
      this.#groups.letIn(there.securityGroupIds, ports, this.#peer(placement, subnets))
    );
  }

  #peer({ securityGroupIds }: Placement, subnets: readonly Resource[]): Peer {
    return {
      securityGroupIds,
      cidrs: subnets.map((subnet) => String(this.#stack.property(subnet, 'CidrBlock'))),
    };
  }

  #placedAs(resource: Resource): Placement {
    return {
      subnetIds: this.#texts(resource, 'SubnetIds'),
      securityGroupIds: this.#texts(resource, 'SecurityGroupIds'),
    };
  }

  /** The subnets of a placement; undefined if the template doesn't make each of them. */
  #subnets({ subnetIds }: Placement): Resource[] | undefined {
    const known = this.#stack
      .resources('AWS::EC2::Subnet')
      .filter((subnet) => subnetIds.includes(this.#stack.attribute(subnet, 'Ref')));
    return known.length === subnetIds.length ? known : undefined;
  }

  #texts(resource: Resource, property: string): string[] {
    return ((this.#stack.property(resource, property) ?? []) as unknown[]).map(String);
  }

  /** AWS refuses to deploy the function otherwise. Source: "Giving Lambda functions access to resources in a VPC". */
  #checkRole(role: string, { logicalId }: Resource): void {
    const missing = Object.entries(INTERFACE_ACTIONS).find(
      ([action, arn]) => !this.#access.isAllowed(role, action, arn),
    );
    if (!missing) return;
    throw new UnsupportedNetwork(
      `The function ${logicalId} is in a VPC, but its role ${role} may not call ${missing[0]}.`,
    );
  }
}

function placementOf(vpcConfig: unknown): Placement | undefined {
  const { SubnetIds = [], SecurityGroupIds = [] } = (vpcConfig ?? {}) as {
    SubnetIds?: readonly string[];
    SecurityGroupIds?: readonly string[];
  };
  return SubnetIds.length === 0 ? undefined : { subnetIds: SubnetIds, securityGroupIds: SecurityGroupIds };
}
