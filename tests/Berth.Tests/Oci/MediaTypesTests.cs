using Berth.Oci;

namespace Berth.Tests.Oci;

public sealed class MediaTypesTests
{
    [Theory]
    [InlineData("application/vnd.oci.image.manifest.v1+json", MediaTypes.OciManifest)]
    [InlineData("application/vnd.oci.image.index.v1+json", MediaTypes.OciIndex)]
    [InlineData("application/vnd.docker.distribution.manifest.v2+json", MediaTypes.DockerManifest)]
    [InlineData("application/vnd.docker.distribution.manifest.list.v2+json", MediaTypes.DockerManifestList)]
    [InlineData("Application/Vnd.OCI.Image.Manifest.V1+JSON", MediaTypes.OciManifest)]
    [InlineData(" application/vnd.oci.image.manifest.v1+json ; charset=utf-8", MediaTypes.OciManifest)]
    [InlineData("application/vnd.oci.image.manifest.v1+json;q=0.5", MediaTypes.OciManifest)]
    [InlineData("application/vnd.docker.distribution.manifest.v1+json", null)]
    [InlineData("application/vnd.docker.distribution.manifest.v1+prettyjws", null)]
    [InlineData("application/vnd.oci.image.manifest.v1", null)]
    [InlineData("application/json", null)]
    [InlineData("*/*", null)]
    [InlineData(";", null)]
    [InlineData("", null)]
    public void Four_types_are_manifests_whatever_their_case_and_parameters(string contentType, string? manifest) =>
        Assert.Equal(manifest, MediaTypes.ManifestOf(contentType));

    [Theory]
    [InlineData(MediaTypes.OciManifest, true, false)]
    [InlineData(MediaTypes.DockerManifest, true, false)]
    [InlineData(MediaTypes.OciIndex, true, true)]
    [InlineData(MediaTypes.DockerManifestList, true, true)]
    [InlineData(MediaTypes.OciImageConfig, false, false)]
    [InlineData(MediaTypes.OciIndex + "; charset=utf-8", false, false)]
    public void Two_of_them_are_indexes(string mediaType, bool isManifest, bool isIndex)
    {
        Assert.Equal(isManifest, MediaTypes.IsManifest(mediaType));
        Assert.Equal(isIndex, MediaTypes.IsIndex(mediaType));
    }

    [Theory]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar", true)]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", true)]
    [InlineData("application/vnd.oci.image.layer.nondistributable.v1.tar+zstd", true)]
    [InlineData("application/vnd.docker.image.rootfs.foreign.diff.tar", true)]
    [InlineData("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", true)]
    [InlineData("application/vnd.oci.image.layer.v1.tar+gzip", false)]
    [InlineData("application/vnd.docker.image.rootfs.diff.tar.gzip", false)]
    public void Foreign_layers_need_not_have_been_pushed(string mediaType, bool foreign) =>
        Assert.Equal(foreign, MediaTypes.IsNonDistributable(mediaType));
}
