import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RESOURCE_TYPES, resourceTypesAsMarkdown } from '../../resource-types.ts';
import { refuseUnsupported, UnsupportedTemplate } from '../../supported-resources.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

function findings(resources: Parameters<typeof handmadeStack>[0]): readonly string[] {
  try {
    refuseUnsupported(handmadeStack(resources));
  } catch (error) {
    if (error instanceof UnsupportedTemplate) return error.findings;
    throw error;
  }
  return [];
}

describe('a template with something unknown in it', () => {
  test('an unknown type of resource is refused by name', () => {
    expect(findings({ Cluster: { Type: 'AWS::ECS::Cluster' } })).toEqual([
      'It does not know the resource type AWS::ECS::Cluster (resource Cluster).',
    ]);
  });

  test('an unknown property is refused by name, also inside of another and in lists', () => {
    expect(
      findings({
        F: { Type: 'AWS::Lambda::Function', Properties: { Handler: 'index.handler', Layers: [] } },
        M: {
          Type: 'AWS::ApiGateway::Method',
          Properties: { Integration: { Type: 'MOCK', ConnectionId: 'x' } },
        },
        S: { Type: 'AWS::ApiGateway::Stage', Properties: { MethodSettings: [{ CachingEnabled: true }] } },
      }),
    ).toEqual([
      'It does not know the property Layers of AWS::Lambda::Function (resource F).',
      'It does not know the property Integration.ConnectionId of AWS::ApiGateway::Method (resource M).',
      'It does not know the property MethodSettings.CachingEnabled of AWS::ApiGateway::Stage (resource S).',
    ]);
  });

  test('everything is named at once', () => {
    expect(() =>
      refuseUnsupported(handmadeStack({ A: { Type: 'X::Y::A' }, B: { Type: 'X::Y::B' } })),
    ).toThrow(/X::Y::A[\s\S]*X::Y::B/);
  });

  test('known types and properties pass, whether they have an effect or not', () => {
    expect(
      findings({ T: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't', DisplayName: 'T' } } }),
    ).toEqual([]);
  });
});

describe('the table of what is known', () => {
  test('no property is both honoured and ignored', () => {
    for (const [type, { honoured, accepted = {} }] of Object.entries(RESOURCE_TYPES)) {
      expect([type, honoured.filter((property) => Object.hasOwn(accepted, property))]).toEqual([type, []]);
    }
  });

  test('docs/local-cloud.md shows it as it is', () => {
    const page = readFileSync(new URL('../../../docs/local-cloud.md', import.meta.url), 'utf8');
    expect(page).toContain(resourceTypesAsMarkdown());
  });
});
