import { openApiDocument } from '../../core/api/openapi.ts';
import { entityTag } from '../http/entity-tag.ts';

export interface OpenApiText {
  readonly text: string;
  readonly tag: string;
}

/** The API's description, made when it is first asked for and never again. */
export function openApiText(openIdConnectUrl: string): () => OpenApiText {
  let made: OpenApiText | null = null;
  return () => {
    if (made === null) {
      const document = openApiDocument(openIdConnectUrl);
      made = { text: JSON.stringify(document), tag: entityTag(document) };
    }
    return made;
  };
}
