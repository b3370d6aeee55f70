namespace Berth.Server.Web.Pages;

/// <summary>A tag in a list. Size in bytes, time in microseconds.</summary>
/// <param name="Reference">What docker pull takes.</param>
/// <param name="Image">The image's name within the project; empty for the project's own.</param>
/// <param name="Tag">The tag.</param>
/// <param name="Digest">Of its manifest.</param>
/// <param name="Size">With all that it references.</param>
/// <param name="Platform">As os/architecture, 'several' for an index, or null.</param>
/// <param name="PublishedAt">When the tag was pushed.</param>
/// <param name="From">The job that pushed it, as far as the viewer may know.</param>
public sealed record TagLine(string Reference, string Image, string Tag, string Digest, long Size, string? Platform, long PublishedAt, TagOrigin? From);

/// <summary>The job that pushed a tag.</summary>
public sealed record TagOrigin(long JobId, string Job, long PipelineId, string Ref, string Sha);

/// <summary>An image and its newest tags. <c>HasMore</c>: there are others.</summary>
public sealed record ImageBlock(long Id, string Name, IReadOnlyList<TagLine> Tags, bool HasMore);

/// <summary>All images of a project.</summary>
public sealed record ImagesView(ProjectHead Project, IReadOnlyList<ImageBlock> Images, string? Next, string Registry);

/// <summary>All tags of one image.</summary>
public sealed record ImageView(ProjectHead Project, long Id, string Name, IReadOnlyList<TagLine> Tags, string? Next);
