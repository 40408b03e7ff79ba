//! What stands around every page: side bar, top bar, ribbon. Values only; `page` fills them in.

/// Addresses of the embedded assets, with their version in the path.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AssetPaths {
    /// Tabler's style sheet.
    pub tabler_css: &'static str,
    /// Our own style sheet.
    pub bihuan_css: &'static str,
    /// htmx.
    pub htmx_js: &'static str,
    /// The script of the page of a draft.
    pub drafting_js: &'static str,
    /// Our own script.
    pub bihuan_js: &'static str,
    /// The icon.
    pub icon: &'static str,
}

/// A room in the side bar.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    /// Name.
    pub label: &'static str,
    /// Where it is.
    pub href: &'static str,
    /// The page shown stands in it.
    pub current: bool,
    /// How many things wait in it.
    pub waits: usize,
}

/// Rooms under one heading.
#[derive(Debug, Clone)]
pub(crate) struct RoomGroup {
    /// Heading; empty for the first group.
    pub title: &'static str,
    /// The rooms that this person may use.
    pub items: Vec<Room>,
}

/// A post that the person may act in.
#[derive(Debug, Clone)]
pub(crate) struct PostChoice {
    /// Id of the post.
    pub value: String,
    /// Body and title.
    pub label: String,
    /// The one acted in now.
    pub chosen: bool,
}

/// A link of the path to the page.
#[derive(Debug, Clone)]
pub(crate) struct Crumb {
    /// Name.
    pub label: String,
    /// Where it leads.
    pub href: String,
}

impl Crumb {
    /// A link of the path.
    pub(crate) fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            href: href.into(),
        }
    }
}

/// Where a list stands and how to go on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pager {
    /// 第 1—50 项，共 132 项.
    pub text: String,
    /// Address of the first page; empty on it.
    pub first: String,
    /// The page before.
    pub previous: String,
    /// The page after.
    pub next: String,
}

/// What every signed-in page shows around its own content.
#[derive(Debug, Clone)]
pub(crate) struct Chrome {
    /// Assets.
    pub assets: AssetPaths,
    /// For scripts of this answer.
    pub nonce: String,
    /// Name of the office that runs this installation.
    pub home: String,
    /// Invented data.
    pub demo: bool,
    /// The side bar.
    pub nav: Vec<RoomGroup>,
    /// The county.
    pub county: String,
    /// The body acted for.
    pub body: String,
    /// What was searched for.
    pub search: String,
    /// Today with its day of the week.
    pub today: String,
    /// Today as a date field wants it.
    pub today_value: String,
    /// An earlier day is looked at.
    pub is_as_of: bool,
    /// That day in Chinese.
    pub as_of: String,
    /// The day looked at, as a date field wants it.
    pub as_of_value: String,
    /// Path and query of this page.
    pub here: String,
    /// The person.
    pub person: String,
    /// The post or role acted in.
    pub post: String,
    /// Posts to change to.
    pub posts: Vec<PostChoice>,
    /// Token of the session, in every form.
    pub csrf: String,
    /// Key of this showing of a form: a form sent twice counts once.
    pub once: String,
    /// Why nothing can be saved at the moment; empty while all is well.
    pub trouble: String,
    /// What was just done.
    pub said: String,
    /// The page shows a form that was refused.
    pub failed: bool,
}

impl Chrome {
    /// Says how many things wait in a room.
    pub(crate) fn wait(&mut self, href: &str, count: usize) {
        let rooms = self.nav.iter_mut().flat_map(|g| g.items.iter_mut());
        for room in rooms.filter(|r| r.href == href) {
            room.waits = count;
        }
    }
}
