/**
 * The FOV that a file is named for: the longest one with whose name it begins. `fov1` does not begin `fov10--cells.csv`.
 * @param name the file's name, without its folder
 */
export function fovOfFileName(name: string, fovs: readonly string[]): string | undefined {
  const begins = fovs.filter((fov) => name.startsWith(fov) && !/^[\p{L}\p{N}]/u.test(name.slice(fov.length)));
  return begins.sort((a, b) => b.length - a.length).at(0);
}
