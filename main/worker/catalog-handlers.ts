import type { GuideService } from '../guide/guide-service.ts';
import { importMessages } from '../messages/import-messages.ts';
import { PackFolder } from '../messages/pack-folder.ts';
import type { CatalogCallMap } from './protocol.ts';
import type { ThreadHandlers } from './serve.ts';

/**
 * What the catalog's thread answers.
 * @param service made at the first use.
 */
export function catalogHandlers(service: () => GuideService): ThreadHandlers<CatalogCallMap> {
  return {
    build: ({ roots }, { signal, send }) => service().build(roots, signal, (progress) => void send(progress)),
    summary: () => service().summary(),
    rule: (input) => service().rule(input),
    render: (input) => service().render(input),
    coverage: (input) => service().coverage(input),
    techniqueOnCase: (input) => service().techniqueOnCase(input),
    renderCoverage: (input) => service().renderCoverage(input),
    importMessages: ({ roots, folder, provider }, { signal, send }) =>
      importMessages(
        { roots, provider, signal, onProgress: (progress) => void send(progress) },
        new PackFolder(folder),
      ),
    'catalog.techniques': (input) => service().techniques(input),
    'catalog.technique': (input) => service().technique(input),
    'catalog.event': (input) => service().event(input),
    'catalog.indicator': (input) => service().indicator(input),
    'catalog.field': (input) => service().field(input),
    'catalog.hints': (input) => service().hints(input),
    'catalog.search': (input) => service().search(input),
    'catalog.similar': (input) => service().similar(input),
    'catalog.overlap': (input) => service().overlap(input),
    'catalog.notParsed': (input) => service().notParsed(input),
  };
}
