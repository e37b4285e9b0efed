namespace Datasets;

/// <summary>A file as it is published.</summary>
/// <param name="Name">Its name at the address, and in the cache.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Md5">Their MD5 in hexadecimal digits, which is what was published of them: it finds damage, not forgery.</param>
internal sealed record PublishedFile(string Name, long Length, string Md5);
