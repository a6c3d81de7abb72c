//! The page of a control, in Markdown: the same text serves the terminal and the documentation.

use std::fmt::Write;

use kubescape_model::{ActionRequired, Control, ControlTexts, KindPattern, Rule};

/// Everything that the library says of a control.
pub fn control_page(control: &Control, texts: &ControlTexts, rules: &[&Rule]) -> String {
    let mut page = format!("# {} {}\n\n", control.id, control.name);
    let _ = writeln!(
        page,
        "**{}** (base score {})",
        control.severity(),
        control.base_score
    );
    if let Some(category) = &control.category {
        let sub = category
            .sub_category
            .as_ref()
            .map(|sub| format!(", {}", sub.name))
            .unwrap_or_default();
        let _ = writeln!(page, "in {}{sub}", category.name);
    }
    page.push('\n');
    paragraph(&mut page, &texts.description);
    if let Some(needed) = action(control.action_required) {
        paragraph(&mut page, needed);
    }
    section(&mut page, "What to do", &texts.remediation);
    example(&mut page, "Before", &texts.example.before);
    example(&mut page, "After", &texts.example.after);
    section(&mut page, "Impact", &texts.impact);
    section(&mut page, "Default", &texts.default_value);
    if !texts.manual_test.trim().is_empty() {
        let _ = writeln!(page, "## Check by hand\n\n{}", fenced("sh", &texts.manual_test));
    }
    frameworks(&mut page, control);
    looked_at(&mut page, rules);
    if !texts.references.is_empty() {
        page.push_str("## References\n\n");
        for reference in &texts.references {
            let _ = writeln!(page, "- <{reference}>");
        }
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn action(required: Option<ActionRequired>) -> Option<&'static str> {
    Some(match required? {
        ActionRequired::Configuration => {
            "It means nothing without inputs: set them with `--controls-config`."
        }
        ActionRequired::RequiresReview => "Its findings have to be reviewed by a person.",
        ActionRequired::ManualReview => "It has to be checked by a person.",
    })
}

fn paragraph(page: &mut String, text: &str) {
    if !text.trim().is_empty() {
        let _ = writeln!(page, "{}\n", text.trim());
    }
}

fn section(page: &mut String, title: &str, text: &str) {
    if !text.trim().is_empty() {
        let _ = writeln!(page, "## {title}\n\n{}\n", text.trim());
    }
}

fn example(page: &mut String, title: &str, text: &str) {
    if !text.trim().is_empty() {
        let language = if text.contains(": ") || text.trim_end().ends_with(':') {
            "yaml"
        } else {
            "text"
        };
        let _ = writeln!(page, "### {title}\n\n{}", fenced(language, text));
    }
}

fn fenced(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```\n", text.trim_end())
}

fn frameworks(page: &mut String, control: &Control) {
    if control.frameworks.is_empty() {
        return;
    }
    page.push_str("## Frameworks\n\n");
    for (name, membership) in &control.frameworks {
        let title = membership.title.as_deref().filter(|title| *title != control.name);
        let sections = match membership.sections.as_slice() {
            [] => String::new(),
            sections => format!(" {}", sections.join(", ")),
        };
        let title = title.map(|title| format!(": {title}")).unwrap_or_default();
        let _ = writeln!(page, "- {name}{sections}{title}");
    }
    page.push('\n');
}

fn looked_at(page: &mut String, rules: &[&Rule]) {
    if rules.is_empty() {
        return;
    }
    page.push_str("## Rules\n\n");
    for rule in rules {
        let mut kinds: Vec<&str> = rule
            .matches
            .iter()
            .chain(&rule.external)
            .map(|pattern: &KindPattern| pattern.kind.as_str())
            .collect();
        kinds.dedup();
        let _ = writeln!(
            page,
            "- `{}`: {} Looks at {}.",
            rule.name,
            rule.description.trim(),
            kinds.join(", ")
        );
    }
    page.push('\n');
}
