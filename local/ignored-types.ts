import { acceptAll, arn, identifier, type ResourceType } from './resource-type.ts';

const ADDRESSES = 'every caller has the same source address here';

/** The types of resources of what has no effect here. */
export const IGNORED_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::WAFv2::WebACL': {
    nameProperty: 'Name',
    reference: (name, _stack, resource) => `${name}|${identifier(resource, 20)}|REGIONAL`,
    attributes: {
      Arn: (name, _stack, resource) => arn('wafv2', `regional/webacl/${name}/${identifier(resource, 20)}`),
    },
    honoured: [],
    accepted: acceptAll(
      [
        'CustomResponseBodies',
        'DefaultAction',
        'Description',
        'Name',
        'Rules',
        'Scope',
        'Tags',
        'VisibilityConfig',
      ],
      ADDRESSES,
    ),
  },
  'AWS::WAFv2::WebACLAssociation': {
    honoured: [],
    accepted: { ResourceArn: ADDRESSES, WebACLArn: ADDRESSES },
  },
  'AWS::CDK::Metadata': {
    honoured: [],
    accepted: { Analytics: 'counts the constructs in use' },
  },
};
