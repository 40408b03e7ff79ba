//! Chromium and its driver for the browser journeys.

use std::path::PathBuf;

use crate::house;

/// Names under which the browser is known, by preference.
const BROWSERS: [&str; 4] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
];

/// A browser and the driver that steers it.
#[derive(Debug)]
pub struct Browser {
    /// The browser itself.
    pub chromium: PathBuf,
    /// Its driver.
    pub driver: PathBuf,
}

/// Finds the browser and its driver, or says which of the two is missing.
pub fn find() -> Result<Browser, String> {
    let chromium = house::setting("BIHUAN_TEST_CHROMIUM")
        .map(PathBuf::from)
        .or_else(|| BROWSERS.iter().find_map(|name| house::program(name)));
    let driver = house::setting("BIHUAN_TEST_CHROMEDRIVER")
        .map(PathBuf::from)
        .or_else(|| house::program("chromedriver"));
    match (chromium, driver) {
        (Some(chromium), Some(driver)) => Ok(Browser { chromium, driver }),
        (None, None) => Err("neither chromium nor chromedriver is in the search path".into()),
        (None, Some(_)) => Err("chromedriver is there, but no chromium in the search path".into()),
        (Some(_), None) => Err("chromium is there, but no chromedriver in the search path".into()),
    }
}
