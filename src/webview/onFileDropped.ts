import { type DroppedFile, maxDroppedBytes } from './protocol';

const uriTypes = ['application/vnd.code.uri-list', 'text/uri-list'];

/**
 * Listens to files that are dropped anywhere on the page: from the system's file manager, which gives their bytes, or from
 * VS Code's explorer, which says where they are.
 */
export function onFileDropped(dropped: (file: DroppedFile) => void, refuse: (error: Error) => void): void {
  for (const kind of ['dragenter', 'dragover'] as const) {
    document.addEventListener(kind, (event) => {
      const types = event.dataTransfer?.types ?? [];
      // Text that is dragged into a field is none of ours.
      if (!types.includes('Files') && !uriTypes.some((type) => types.includes(type))) return;
      // Without this nothing could be dropped.
      event.preventDefault();
      // VS Code, which would hear of it next, takes the mouse from the page so that files can be opened beside it.
      event.stopPropagation();
    });
  }
  document.addEventListener('drop', (event) => {
    const { dataTransfer } = event;
    if (!dataTransfer) return;
    const files = [...dataTransfer.files];
    const uris = urisOf(dataTransfer);
    if (files.length === 0 && uris.length === 0) return;
    event.preventDefault();
    if (Math.max(files.length, uris.length) > 1) {
      refuse(new Error('Drop one picture or recipe at a time.'));
      return;
    }
    const [file] = files;
    if (!file) dropped({ uri: uris[0] });
    else if (file.size > maxDroppedBytes) {
      refuse(new Error(`${file.name} is too large to be dropped; choose it with “Load Settings…”.`));
    } else {
      void file.arrayBuffer().then(
        (bytes) => {
          dropped({ name: file.name, bytes });
        },
        () => {
          refuse(new Error(`Expected to read ${file.name}, but it cannot be read.`));
        },
      );
    }
  });
}

/** One to a line; lines of comments begin with #. */
function urisOf(dataTransfer: DataTransfer): string[] {
  for (const type of uriTypes) {
    const lines = dataTransfer.getData(type).split(/\r?\n/);
    const uris = lines.map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#'));
    if (uris.length > 0) return uris;
  }
  return [];
}
