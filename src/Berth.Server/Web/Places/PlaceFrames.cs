using Berth.Server.Access;
using Berth.Server.Configuration;

namespace Berth.Server.Web.Places;

/// <summary>From the right to see a page to the frame that it is shown in.</summary>
internal static class PlaceFrames
{
    public static PlaceFrame Of(ProjectPageAccess access, BerthSettings settings, string tab) => new(ProjectHeads.Of(access, settings, tab), null);

    public static PlaceFrame Of(PlacePageAccess access, string tab) => new(null, PlaceHeads.Of(access, tab));
}
