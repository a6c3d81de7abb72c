//! Under which paths charts are rendered.

use std::collections::HashMap;

use crate::chart::Chart;

/// The paths of the sub-charts that no declaration made a copy of. Copies of one parent have such a sub-chart in common,
/// and as in Helm it lies below the last of them.
#[derive(Default)]
pub(crate) struct Places(HashMap<String, String>);

impl Places {
    /// Notes the places in a chart whose dependencies are processed.
    pub(crate) fn note(chart: &Chart) -> Self {
        let mut places = Self::default();
        places.walk(chart, &chart.metadata.name);
        places
    }

    fn walk(&mut self, chart: &Chart, path: &str) {
        for subchart in &chart.subcharts {
            let path = below(chart, path, subchart);
            self.walk(subchart, &path);
            if !subchart.is_copy {
                self.0.insert(subchart.home.clone(), path);
            }
        }
    }

    /// The path of a sub-chart.
    pub(crate) fn of(&self, chart: &Chart, path: &str, subchart: &Chart) -> String {
        match self.0.get(&subchart.home) {
            Some(place) if !subchart.is_copy => place.clone(),
            _ => below(chart, path, subchart),
        }
    }
}

fn below(chart: &Chart, path: &str, subchart: &Chart) -> String {
    let path = if chart.keeps_home { &chart.home } else { path };
    format!("{path}/charts/{}", subchart.metadata.name)
}
